"""The figures that the goals, the tables and the chart compute from the results."""

import math
import statistics
from collections.abc import Iterable
from typing import Any, Final

IMAGING_PHASES: Final = ("decode", "color", "encode")
"""The phases in the edge function's log line that are the imaging library's work."""


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean, the suitable mean for ratios: the mean of 0.5 and 2 is 1."""
    logarithms = [math.log(value) for value in values]
    return math.exp(math.fsum(logarithms) / len(logarithms))


def ratio_to_sharp(cell: dict[str, Any], peer: str = "ours", unit: str = "ms") -> float:
    """Return a peer's time (`ms`) or rendition size (`bytes`) in a benchmark cell, divided by that of sharp."""
    return cell["peers"][peer][unit] / cell["peers"]["sharp"][unit]


def mean_ratio(cells: list[dict[str, Any]], peer: str = "ours", unit: str = "ms") -> float:
    """Return the geometric mean of a peer's ratios to sharp."""
    return geometric_mean(ratio_to_sharp(cell, peer, unit) for cell in cells)


def slower_cells(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cells in which this project takes longer than sharp."""
    return [cell for cell in cells if ratio_to_sharp(cell) > 1]


def without_avif(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cells whose renditions are not AVIF.

    sharp takes many times as long for an AVIF, so a mean with AVIF mostly shows the speed of the AVIF encoders.
    """
    return [cell for cell in cells if cell["format"] != "avif"]


def median_ms(cells: list[dict[str, Any]], original: str, target: str) -> float:
    """Return the median of this project's milliseconds from one format of the original to one format."""
    return statistics.median(
        cell["peers"]["ours"]["ms"] for cell in cells if (cell["original"], cell["format"]) == (original, target)
    )


def memory_above_start(row: dict[str, int]) -> int:
    """Return the peak memory of a process above its memory at the start, in bytes."""
    return row["peak"] - row["start"]
