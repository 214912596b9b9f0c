"""Computes CloudWatch's statistics of metric data in one period.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from local.cloudwatch.expressions import UnknownSyntax

_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


class Datum(NamedTuple):
    """One value, or the statistics of several values (a statistic set)."""

    time: float
    """Seconds since the epoch."""
    samples: float
    total: float
    minimum: float
    maximum: float


def statistic(name: str, data: Sequence[Datum]) -> float | None:
    """Return a statistic such as `Sum` or `p99` of the data, or None if it does not exist.

    Raises UnknownSyntax for another name.
    """
    check_statistic(name)
    if not data:
        return None
    match name:
        case "SampleCount":
            return sum(datum.samples for datum in data)
        case "Sum":
            return sum(datum.total for datum in data)
        case "Average":
            return sum(datum.total for datum in data) / sum(datum.samples for datum in data)
        case "Minimum":
            return min(datum.minimum for datum in data)
        case "Maximum":
            return max(datum.maximum for datum in data)
        case _:
            return _percentile(float(name[1:]), data)


def check_statistic(name: str) -> None:
    """Raise UnknownSyntax if the local engine does not compute the statistic."""
    if name not in ("SampleCount", "Sum", "Average", "Minimum", "Maximum") and not _PERCENTILE.fullmatch(name):
        raise UnknownSyntax(f"the statistic {name!r} is unknown")


def percentile(percent: float, values: Sequence[float]) -> float:
    """Return a percentile of sorted values, interpolated between the two nearest ones."""
    position = (len(values) - 1) * percent / 100
    lower = int(position)
    upper = min(lower + 1, len(values) - 1)
    return values[lower] + (values[upper] - values[lower]) * (position - lower)


def _percentile(percent: float, data: Sequence[Datum]) -> float | None:
    # A statistic set has percentiles only if all of its values are equal.
    if any(datum.minimum != datum.maximum for datum in data):
        return None
    values = [datum.minimum for datum in data for _ in range(int(datum.samples))]
    return percentile(percent, sorted(values))
