"""The performance goals of the project, and the figures that are compared with them, computed from the results."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A performance goal and its measured value."""

    name: str
    limit: float
    value: float
    at_least: bool = False
    """Whether the limit is a minimum. If not, the limit is a maximum."""
    digits: int = 2
    """The number of decimal places in the report."""

    @property
    def is_met(self) -> bool:
        """Whether the value, rounded as in the report, is within the limit."""
        value = round(self.value, self.digits)
        return value >= self.limit if self.at_least else value <= self.limit


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean, the suitable mean for ratios: the mean of 0.5 and 2 is 1."""
    logarithms = [math.log(value) for value in values]
    return math.exp(math.fsum(logarithms) / len(logarithms))


def ratio_to_sharp(cell: dict[str, Any], peer: str = "ours", unit: str = "ms") -> float:
    """Return a peer's time (`ms`) or rendition size (`bytes`) in a benchmark cell, divided by that of sharp."""
    return cell["peers"][peer][unit] / cell["peers"]["sharp"][unit]


def evaluate_goals(results: dict[str, Any]) -> list[Goal]:
    """Return every goal with its measured value."""
    cells = results["grid"]
    small = [cell for cell in cells if cell["original"] == "jpeg" and cell["width"] <= 320]
    cold = results["cold"]["ms"]
    ssim_gain = min(row["peers"]["ours"] - row["peers"]["sharp"] for row in results["sharpness"])
    return [
        Goal(name="warm render time relative to sharp, mean of all cells", limit=1.0, value=_mean(cells, "ms")),
        Goal(
            name="warm render time, JPEG originals to at most 320 pixels wide, mean",
            limit=0.8,
            value=_mean(small, "ms"),
        ),
        Goal(name="warm render time, slowest cell", limit=1.5, value=max(map(ratio_to_sharp, cells))),
        Goal(
            name="rendition bytes relative to sharp at equal SSIM, mean of all cells",
            limit=1.0,
            value=_mean(cells, "bytes"),
        ),
        Goal(name="sharpness: SSIM minus sharp's, worst row", limit=0.0, value=ssim_gain, at_least=True, digits=4),
        Goal(name="cold start relative to Node with sharp", limit=0.4, value=_cold_ratio(cold, "node")),
        Goal(name="cold start relative to Python with boto3", limit=0.3, value=_cold_ratio(cold, "boto3")),
    ]


def _mean(cells: list[dict[str, Any]], unit: str) -> float:
    return geometric_mean(ratio_to_sharp(cell, unit=unit) for cell in cells)


def _cold_ratio(cold: dict[str, Any], other: str) -> float:
    return cold["ours"]["median"] / cold[other]["median"]
