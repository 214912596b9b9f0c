"""The functions of metric math that need nothing but the values of a time series.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import itertools
import math
import statistics
from collections.abc import Callable
from typing import Final

_Series = dict[int, float]


def _map(function: Callable[[float], float]) -> Callable[[_Series], _Series]:
    return lambda series: {time: function(value) for time, value in series.items()}


def _differences(series: _Series) -> dict[int, tuple[float, int]]:
    """Return the difference of each value from the previous one, with the seconds between them."""
    return {
        time: (series[time] - series[previous], time - previous)
        for previous, time in itertools.pairwise(sorted(series))
    }


def _rate(series: _Series) -> _Series:
    return {time: difference / seconds for time, (difference, seconds) in _differences(series).items()}


def _diff(series: _Series) -> _Series:
    return {time: difference for time, (difference, _) in _differences(series).items()}


def _running_sum(series: _Series) -> _Series:
    times = sorted(series)
    return dict(zip(times, itertools.accumulate(series[time] for time in times), strict=True))


REDUCTIONS: Final[dict[str, Callable[[list[float]], float]]] = {
    "AVG": statistics.fmean,
    "DATAPOINT_COUNT": lambda values: float(len(values)),
    "MAX": max,
    "MIN": min,
    "STDDEV": statistics.pstdev,
    "SUM": math.fsum,
}
"""Functions of several values: the values of one time series, or the values of several time series at one time."""

SERIES_FUNCTIONS: Final[dict[str, Callable[[_Series], _Series]]] = {
    "ABS": _map(abs),
    "CEIL": _map(lambda value: float(math.ceil(value))),
    "DIFF": _diff,
    "FLOOR": _map(lambda value: float(math.floor(value))),
    "LOG": _map(math.log),
    "LOG10": _map(math.log10),
    "RATE": _rate,
    "RUNNING_SUM": _running_sum,
}
"""Functions of one time series."""
