"""The performance goals of the project, and the measured values that are compared with them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.figures import mean_ratio, memory_above_start, ratio_to_sharp, slower_cells, without_avif
from bench.image_files import LABELS


class Comparison(StrEnum):
    """How a measured value must compare with the limit of its goal."""

    AT_MOST = "at most"
    BELOW = "below"
    AT_LEAST = "at least"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A performance goal and its measured value."""

    name: str
    comparison: Comparison = Comparison.AT_MOST
    limit: float
    value: float
    digits: int = 2
    """The number of decimal places in the report."""
    unit: str = ""
    """The text after a number in the report, such as " ms"."""

    @property
    def is_met(self) -> bool:
        """Whether the exact value compares with the limit as it must. Only the report rounds the value."""
        match self.comparison:
            case Comparison.AT_MOST:
                return self.value <= self.limit
            case Comparison.BELOW:
                return self.value < self.limit
            case Comparison.AT_LEAST:
                return self.value >= self.limit
            case Comparison.ABOVE:
                return self.value > self.limit


def evaluate_goals(results: dict[str, Any]) -> list[Goal]:
    """Return every goal with its measured value."""
    cells = results["grid"]
    return [
        *_time_goals(without_avif(cells), "without AVIF", mean_limit=0.95),
        *_time_goals(cells, "with AVIF", mean_limit=0.6),
        _byte_goal(without_avif(cells), "without AVIF"),
        _byte_goal(cells, "with AVIF"),
        *_sharpness_goals(results["sharpness"]),
        *_memory_goals(results["memory"]),
        *_cold_start_goals(results["cold"]["ms"]),
        Goal(name="bundle, zipped", limit=17, value=results["size"]["ours"] / 1e6, digits=1, unit=" MB"),
        Goal(
            name="own code and S3 in one cache miss, JPEG of 6 MP",
            comparison=Comparison.BELOW,
            limit=10,
            value=results["engine"]["ms"]["outside"],
            digits=1,
            unit=" ms",
        ),
    ]


def _time_goals(cells: list[dict[str, Any]], scope: str, *, mean_limit: float) -> list[Goal]:
    name = "warm render time relative to sharp"
    return [
        Goal(name=f"{name}, mean {scope}", limit=mean_limit, value=mean_ratio(cells)),
        Goal(name=f"{name}, slowest cell {scope}", limit=1.15, value=max(map(ratio_to_sharp, cells))),
        Goal(
            name=f"share of cells that take longer than sharp's, {scope}",
            comparison=Comparison.BELOW,
            limit=100 / 3,
            value=100 * len(slower_cells(cells)) / len(cells),
            digits=1,
            unit=" %",
        ),
    ]


def _byte_goal(cells: list[dict[str, Any]], scope: str) -> Goal:
    name = f"rendition bytes relative to sharp at equal SSIM, mean {scope}"
    return Goal(name=name, limit=0.95, value=mean_ratio(cells, unit="bytes"))


def _sharpness_goals(rows: list[dict[str, Any]]) -> list[Goal]:
    return [
        Goal(
            name="sharpness: SSIM minus sharp's, worst row",
            comparison=Comparison.ABOVE,
            limit=0,
            value=min(row["peers"]["ours"] - row["peers"]["sharp"] for row in rows),
            digits=4,
        ),
        Goal(
            name="sharpness: SSIM, worst row",
            comparison=Comparison.AT_LEAST,
            limit=0.994,
            value=min(row["peers"]["ours"] for row in rows),
            digits=4,
        ),
    ]


def _memory_goals(rows: dict[str, dict[str, dict[str, int]]]) -> list[Goal]:
    name = "memory above the level at the start relative to sharp, 24 MP to 320"
    return [
        Goal(
            name=f"{name}, {LABELS[kind]}",
            limit=1,
            value=memory_above_start(row["ours"]) / memory_above_start(row["sharp"]),
        )
        for kind, row in rows.items()
    ]


def _cold_start_goals(times: dict[str, dict[str, dict[str, float]]]) -> list[Goal]:
    node, python = "cold start relative to Node with sharp", "cold start relative to Python with boto3"
    return [
        *(
            Goal(name=f"{node}, {LABELS[kind]}", limit=0.42, value=_cold_ratio(row, "node"))
            for kind, row in times.items()
        ),
        Goal(name=f"{python}, JPEG", limit=0.3, value=_cold_ratio(times["jpeg"], "boto3")),
    ]


def _cold_ratio(row: dict[str, dict[str, float]], other: str) -> float:
    return row["ours"]["median"] / row[other]["median"]
