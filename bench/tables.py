"""The tables of the report, in Markdown."""

from collections.abc import Iterable
from typing import Any, Final

from bench import originals
from bench.figures import geometric_mean, mean_ratio, memory_above_start, ratio_to_sharp, without_avif
from bench.goals import Goal
from bench.grid import FORMATS
from bench.peers.peer import COMMANDS

_OTHERS: Final = ("pyvips", "thumbor", "naive")
_RATIO_HEADINGS: Final = ("", "ours", "ours, slowest cell", *_OTHERS, "our bytes")


def markdown_table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown. Every column but the first is right-aligned."""
    names = list(headings)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)


def goals_table(goals: Iterable[Goal]) -> str:
    """Return a table with a row for each goal. Its columns are the target, the measured value and the result."""
    return markdown_table(("goal", "target", "measured", "result"), map(_goal_row, goals))


def conversions_table(cells: list[dict[str, Any]]) -> str:
    """Return a table with a row for each pair of original format and rendition format, and two rows for all pairs."""
    rows: list[list[object]] = []
    for original in originals.FORMATS:
        for target in FORMATS:
            row_cells = [cell for cell in cells if (cell["original"], cell["format"]) == (original, target)]
            rows.append([f"{original} to {target}", *_ratios(row_cells)])
    rows.extend([f"**{scope}**", *_ratios(chosen)] for scope, chosen in _scopes(cells).items())
    return markdown_table(_RATIO_HEADINGS, rows)


def widths_table(cells: list[dict[str, Any]]) -> str:
    """Return a table with a row for each measured combination of original size and rendition width."""
    rows: list[list[object]] = []
    for megapixels in originals.SIZES:
        for width in sorted({cell["width"] for cell in cells if cell["megapixels"] == megapixels}):
            row_cells = [cell for cell in cells if (cell["megapixels"], cell["width"]) == (megapixels, width)]
            rows.append([f"{megapixels} MP to {width}", *_ratios(row_cells)])
    return markdown_table(_RATIO_HEADINGS, rows)


def cells_table(cells: list[dict[str, Any]]) -> str:
    """Return a table with a row for each cell, and two rows of means. Its columns include the milliseconds by peer."""
    rows: list[list[object]] = []
    for cell in cells:
        name = f"{cell['original']} of {cell['megapixels']} MP to {cell['width']} as {cell['format']}"
        times = [f"{cell['peers'][peer]['ms']:.0f}" for peer in COMMANDS]
        rows.append([name, *times, f"{ratio_to_sharp(cell):.2f}", f"{ratio_to_sharp(cell, unit='bytes'):.2f}"])
    for scope, chosen in _scopes(cells).items():
        means = [f"{geometric_mean(cell['peers'][peer]['ms'] for cell in chosen):.0f}" for peer in COMMANDS]
        rows.append([f"**{scope}**", *means, f"{mean_ratio(chosen):.2f}", f"{mean_ratio(chosen, unit='bytes'):.2f}"])
    return markdown_table(("milliseconds", *COMMANDS, "our time / sharp's", "our bytes / sharp's"), rows)


def qualities_table(results: dict[str, Any]) -> str:
    """Return a table with a row for each kind of picture and format, and two rows for the mean byte ratios.

    Its columns include this project's quality, and sharp's quality with the same SSIM.
    """
    rows: list[list[object]] = []
    cells: list[dict[str, Any]] = []
    for kind, targets in results.items():
        for target, peers in targets.items():
            ours, sharp, cell = peers["ours"], peers["sharp"], {"format": target, "peers": peers}
            byte_ratio = f"{ratio_to_sharp(cell, unit='bytes'):.2f}"
            rows.append([f"{kind}, {target}", ours["quality"], f"{ours['ssim']:.3f}", sharp["quality"], byte_ratio])
            cells.append(cell)
    for scope, chosen in _scopes(cells).items():
        rows.append([f"**{scope}**", "", "", "", f"{mean_ratio(chosen, unit='bytes'):.2f}"])
    return markdown_table(("", "our quality", "SSIM", "sharp's quality", "our bytes / sharp's"), rows)


def sharpness_table(results: list[dict[str, Any]]) -> str:
    """Return a table with a row for each combination of original format and width. Its columns are the peers' SSIMs."""
    rows = [
        [f"{row['original']} to {row['width']}", *(f"{row['peers'][name]:.4f}" for name in COMMANDS)] for row in results
    ]
    return markdown_table(("", *COMMANDS), rows)


def memory_table(results: dict[str, Any]) -> str:
    """Return a table of memory in MB, with a row for each format of the original.

    The last row is the memory before the first job.
    """
    rows = [
        [kind, *(f"{memory_above_start(row[name]) / 2**20:.0f}" for name in COMMANDS)] for kind, row in results.items()
    ]
    rows.append(["at the start", *(f"{results['jpeg'][name]['start'] / 2**20:.0f}" for name in COMMANDS)])
    return markdown_table(("MB", *COMMANDS), rows)


def _goal_row(goal: Goal) -> tuple[str, str, str, str]:
    limit, value = (f"{number:.{goal.digits}f}{goal.unit}" for number in (goal.limit, goal.value))
    result = "met" if goal.is_met else f"**missed** by {_difference(goal)}"
    return goal.name, f"{goal.comparison} {limit}", value, result


def _difference(goal: Goal) -> str:
    """Return the difference between the value and the limit. It is never shown as 0."""
    difference, smallest = abs(goal.value - goal.limit), 10**-goal.digits
    if round(difference, goal.digits) == 0:
        return f"less than {smallest:.{goal.digits}f}{goal.unit}"
    return f"{difference:.{goal.digits}f}{goal.unit}"


def _scopes(cells: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the cells of the two means that every table of several formats has, by the label of the mean."""
    return {"mean without AVIF": without_avif(cells), "mean with AVIF": cells}


def _ratios(cells: list[dict[str, Any]]) -> list[str]:
    """Return the values of a row under `_RATIO_HEADINGS`. If a quick run has no such cells, return dashes."""
    if not cells:
        return ["-"] * (3 + len(_OTHERS))
    ours = [ratio_to_sharp(cell) for cell in cells]
    others = [mean_ratio(cells, name) for name in _OTHERS]
    byte_ratio = mean_ratio(cells, unit="bytes")
    return [f"{value:.2f}" for value in (mean_ratio(cells), max(ours), *others, byte_ratio)]
