"""Evaluate the metric math of an alarm for one period: the functions that the alarms use."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def evaluate(expression: str, values: Mapping[str, float | None], quota: float | None = None) -> float:
    """Return the value of an expression. None is a missing value, also for `quota`, the result of SERVICE_QUOTA.

    A division by zero gives NaN or infinity, where CloudWatch drops the data point.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    functions: dict[str, Any] = {
        "FILL": lambda value, filler: np.float64(filler if value is None else value),
        "MAX": max,
        "IF": lambda condition, value, otherwise: value if condition else otherwise,
        "SERVICE_QUOTA": lambda _metric: quota,
    }
    with np.errstate(all="ignore"):
        return float(eval(expression, {"__builtins__": {}}, functions | dict(values)))  # noqa: S307
