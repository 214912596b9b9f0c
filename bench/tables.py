"""The tables of the report, in Markdown."""

from collections.abc import Iterable
from typing import Any, Final

from bench import originals
from bench.figures import Goal, geometric_mean, ratio_to_sharp
from bench.grid import FORMATS
from bench.peers.peer import COMMANDS

_OTHERS: Final = ("pyvips", "thumbor", "naive")
_RATIO_HEADINGS: Final = ("", "ours", "ours, slowest cell", *_OTHERS, "our bytes")
_COLD_STARTS: Final = {
    "ours": "ours, from the bundle",
    "node": "Node, sharp, AWS SDK 3",
    "boto3": "Python, Pillow, boto3",
    "python alone": "Python without any work",
    "node alone": "Node without any work",
}


def markdown_table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown. Every column but the first is right-aligned."""
    names = list(headings)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)


def goals_table(goals: Iterable[Goal]) -> str:
    """Return a table with a row for each goal. Its columns are the target, the measured value and the result."""
    return markdown_table(("goal", "target", "measured", "result"), map(_goal_row, goals))


def conversions_table(cells: list[dict[str, Any]]) -> str:
    """Return a table with a row for each pair of original format and rendition format, and a row for all cells."""
    rows: list[list[object]] = []
    for original in originals.FORMATS:
        for target in FORMATS:
            row_cells = [cell for cell in cells if (cell["original"], cell["format"]) == (original, target)]
            rows.append([f"{original} to {target}", *_ratios(row_cells)])
    rows.append(["**all**", *_ratios(cells)])
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
    """Return a table with a row for each cell. Its columns include the milliseconds of every peer."""
    rows: list[list[object]] = []
    for cell in cells:
        name = f"{cell['original']} of {cell['megapixels']} MP to {cell['width']} as {cell['format']}"
        times = [f"{cell['peers'][peer]['ms']:.0f}" for peer in COMMANDS]
        rows.append([name, *times, f"{ratio_to_sharp(cell):.2f}", f"{ratio_to_sharp(cell, unit='bytes'):.2f}"])
    return markdown_table(("milliseconds", *COMMANDS, "our time / sharp's", "our bytes / sharp's"), rows)


def qualities_table(results: dict[str, Any]) -> str:
    """Return a table with a row for each kind of picture and format.

    Its columns include this project's quality, and sharp's quality with the same SSIM.
    """
    rows: list[list[object]] = []
    for kind, targets in results.items():
        for target, encodings in targets.items():
            ours, sharp = encodings["ours"], encodings["sharp"]
            byte_ratio = f"{ours['bytes'] / sharp['bytes']:.2f}"
            rows.append([f"{kind}, {target}", ours["quality"], f"{ours['ssim']:.3f}", sharp["quality"], byte_ratio])
    return markdown_table(("", "our quality", "SSIM", "sharp's quality", "our bytes / sharp's"), rows)


def sharpness_table(results: list[dict[str, Any]]) -> str:
    """Return a table with a row for each combination of original format and width. Its columns are the peers' SSIMs."""
    rows = [
        [f"{row['original']} to {row['width']}", *(f"{row['peers'][name]:.4f}" for name in COMMANDS)] for row in results
    ]
    return markdown_table(("", *COMMANDS), rows)


def cold_starts_table(times: dict[str, dict[str, float]]) -> str:
    """Return a table with a row for each kind of process. Its columns include the minimum and the median time."""
    ours = times["ours"]["median"]
    rows = [
        [name, f"{times[key]['min']:.0f}", f"{times[key]['median']:.0f}", f"{ours / times[key]['median']:.2f}"]
        for key, name in _COLD_STARTS.items()
    ]
    return markdown_table(("milliseconds", "minimum", "median", "our median / this median"), rows)


def memory_table(results: dict[str, Any]) -> str:
    """Return a table of memory in MB, with a row for each format of the original.

    The last row is the memory before the first job.
    """
    rows = [
        [kind, *(f"{(row[name]['peak'] - row[name]['start']) / 2**20:.0f}" for name in COMMANDS)]
        for kind, row in results.items()
    ]
    rows.append(["at the start", *(f"{results['jpeg'][name]['start'] / 2**20:.0f}" for name in COMMANDS)])
    return markdown_table(("MB", *COMMANDS), rows)


def _goal_row(goal: Goal) -> tuple[str, str, str, str]:
    limit, value, difference = (
        f"{number:.{goal.digits}f}" for number in (goal.limit, goal.value, abs(goal.value - goal.limit))
    )
    target = f"at {'least' if goal.at_least else 'most'} {limit}"
    return goal.name, target, value, "met" if goal.is_met else f"**missed** by {difference}"


def _ratios(cells: list[dict[str, Any]]) -> list[str]:
    """Return the values of a row under `_RATIO_HEADINGS`. If a quick run has no such cells, return dashes."""
    if not cells:
        return ["-"] * (3 + len(_OTHERS))
    ours = [ratio_to_sharp(cell) for cell in cells]
    others = [geometric_mean(ratio_to_sharp(cell, name) for cell in cells) for name in _OTHERS]
    byte_ratio = geometric_mean(ratio_to_sharp(cell, unit="bytes") for cell in cells)
    return [f"{value:.2f}" for value in (geometric_mean(ours), max(ours), *others, byte_ratio)]
