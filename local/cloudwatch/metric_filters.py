"""Turns lines of a log into metric data, as the metric filters of CloudWatch Logs do.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from typing import Any, Final, NamedTuple

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.filter_patterns import FilterPattern, json_object, select

_MAX_DIMENSIONS: Final = 3


class MetricValue(NamedTuple):
    """One value for CloudWatch."""

    namespace: str
    name: str
    value: float
    unit: str
    dimensions: dict[str, str]


class MetricFilter:
    """A metric filter with its only metric transformation."""

    def __init__(self, pattern: str, transformation: dict[str, Any]) -> None:
        """Parse a filter. `transformation` has the names of the API. Raises UnknownSyntax if AWS would refuse it."""
        self.pattern = FilterPattern(pattern)
        self._namespace: str = transformation["metricNamespace"]
        self._name: str = transformation["metricName"]
        self._value: str = transformation["metricValue"]
        self._unit: str = transformation.get("unit") or "None"
        self._dimensions: dict[str, str] = transformation.get("dimensions") or {}
        default = transformation.get("defaultValue")
        self._default = None if default is None else float(default)
        if not self._value.startswith("$"):
            try:
                float(self._value)
            except ValueError:
                raise UnknownSyntax(f"the metric value {self._value!r} is neither a number nor a selector") from None
        if self._dimensions and default is not None:
            raise UnknownSyntax(f"the metric {self._name} has dimensions, so it can have no default value")
        if len(self._dimensions) > _MAX_DIMENSIONS:
            raise UnknownSyntax(f"the metric {self._name} has more than {_MAX_DIMENSIONS} dimensions")

    @property
    def default(self) -> MetricValue | None:
        """The value that is reported for a minute in which lines arrived and none matched, if the filter has one."""
        return None if self._default is None else self._metric_value(self._default, {})

    def evaluate(self, line: str) -> MetricValue | None:
        """Return the value for a line, or None if the line does not match or lacks the value or a dimension."""
        if not self.pattern.matches(line):
            return None
        fields = json_object(line)
        dimensions = {name: _scalar(selector, fields) for name, selector in self._dimensions.items()}
        text = _scalar(self._value, fields) if self._value.startswith("$") else self._value
        if not all(dimensions.values()):
            return None
        try:
            return self._metric_value(float(text), dimensions)
        except ValueError:
            return None

    def _metric_value(self, value: float, dimensions: dict[str, str]) -> MetricValue:
        return MetricValue(self._namespace, self._name, value, self._unit, dimensions)


def _scalar(selector: str, fields: dict[str, Any] | None) -> str:
    """Return the text of the first value to which the selector points, or an empty string."""
    values = select(selector, fields)
    return str(values[0]) if values and isinstance(values[0], str | int | float) else ""
