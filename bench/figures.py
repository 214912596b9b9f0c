"""From what was measured to the figures that are compared with the goals."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What was aimed at, and what came of it."""

    name: str
    limit: float
    value: float
    at_least: bool = False
    """The value must not be below the limit; else not above it."""
    digits: int = 2
    """After the point, for the reader."""

    @property
    def met(self) -> bool:
        """As it is shown."""
        value = round(self.value, self.digits)
        return value >= self.limit if self.at_least else value <= self.limit


def geometric_mean(values: Iterable[float]) -> float:
    """The mean for ratios: half and double make 1."""
    logarithms = [math.log(value) for value in values]
    return math.exp(math.fsum(logarithms) / len(logarithms))


def ratio(cell: dict[str, Any], peer: str = "ours", of: str = "ms") -> float:
    """A peer's time, or bytes, in sharp's."""
    return cell["peers"][peer][of] / cell["peers"]["sharp"][of]


def goals(results: dict[str, Any]) -> list[Goal]:
    """Those that have a number."""
    cells = results["grid"]
    small = [cell for cell in cells if cell["original"] == "jpeg" and cell["width"] <= 320]
    cold = results["cold"]["ms"]
    sharper = min(row["peers"]["ours"] - row["peers"]["sharp"] for row in results["sharpness"])
    return [
        Goal(name="time of a warm render in sharp's, all cells", limit=1.0, value=_mean(cells, "ms")),
        Goal(name="the same, JPEG originals up to 320 wide", limit=0.8, value=_mean(small, "ms")),
        Goal(name="the same, the worst cell", limit=1.5, value=max(map(ratio, cells))),
        Goal(name="bytes in sharp's at equal SSIM, all cells", limit=1.0, value=_mean(cells, "bytes")),
        Goal(name="SSIM to the ideal above sharp's, the worst row", limit=0.0, value=sharper, at_least=True, digits=4),
        Goal(name="cold start in Node's", limit=0.4, value=_medians(cold, "ours", "node")),
        Goal(name="cold start in boto3's", limit=0.3, value=_medians(cold, "ours", "boto3")),
    ]


def _mean(cells: list[dict[str, Any]], of: str) -> float:
    return geometric_mean(ratio(cell, of=of) for cell in cells)


def _medians(cold: dict[str, Any], one: str, other: str) -> float:
    return cold[one]["median"] / cold[other]["median"]
