"""Evaluates rules of Contributor Insights over lines of JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
"""

import json
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, Final

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.filter_patterns import json_object, select

_METRICS: Final[dict[str, Callable[[dict[tuple[str, ...], list[float]]], float]]] = {
    "UniqueContributors": lambda contributors: float(len(contributors)),
    "MaxContributorValue": lambda contributors: max(sum(values) for values in contributors.values()),
    "SampleCount": lambda contributors: float(sum(len(values) for values in contributors.values())),
    "Sum": lambda contributors: sum(sum(values) for values in contributors.values()),
    "Minimum": lambda contributors: min(min(values) for values in contributors.values()),
    "Maximum": lambda contributors: max(max(values) for values in contributors.values()),
    "Average": lambda contributors: sum(map(sum, contributors.values())) / len(contributors),
}
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-GraphReportData.html"""

_FILTERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "In": lambda value, expected: value in expected,
    "NotIn": lambda value, expected: value not in expected,
    "StartsWith": lambda value, expected: isinstance(value, str) and value.startswith(tuple(expected)),
    "EqualTo": lambda value, expected: value == expected,
    "NotEqualTo": lambda value, expected: value != expected,
    "GreaterThan": lambda value, expected: isinstance(value, int | float) and value > expected,
    "LessThan": lambda value, expected: isinstance(value, int | float) and value < expected,
}


class InsightRule:
    """A rule that counts lines, or adds a field of the lines, by contributor."""

    def __init__(self, definition: str) -> None:
        """Parse the definition. Raises UnknownSyntax for what the local engine does not evaluate."""
        try:
            rule: dict[str, Any] = json.loads(definition)
            contribution = rule["Contribution"]
            self._log_groups: list[str] = rule["LogGroupNames"]
            self._keys: list[str] = contribution["Keys"]
            self._filters: list[dict[str, Any]] = contribution.get("Filters") or []
            self._value_of: str = contribution["ValueOf"] if rule["AggregateOn"] == "Sum" else ""
            schema = rule["Schema"]
        except (ValueError, KeyError, TypeError) as error:
            raise UnknownSyntax(f"the insight rule is malformed: {error!r}") from error
        if schema != {"Name": "CloudWatchLogRule", "Version": 1} or rule.get("LogFormat") != "JSON":
            raise UnknownSyntax("the insight rule is no CloudWatchLogRule of version 1 for JSON")
        if not 1 <= len(self._keys) <= 4 or len(self._filters) > 4:
            raise UnknownSyntax("an insight rule has one to four keys and at most four filters")
        for filter_ in self._filters:
            if len(filter_) != 2 or not filter_.keys() - {"Match"} <= _FILTERS.keys() | {"IsPresent"}:
                raise UnknownSyntax(f"the filter {filter_} of an insight rule is unknown")

    def covers(self, log_group: str) -> bool:
        """Return whether the rule reads the log group. A name of the rule may end with `*`."""
        return any(fnmatchcase(log_group, name) for name in self._log_groups)

    def metric(self, name: str, events: Iterable[tuple[float, str]], *, grid: range) -> dict[int, float]:
        """Return a metric of the rule for each period of `grid` that has contributors.

        `events` are the time (seconds since the epoch) and the text of each line.
        """
        if name not in _METRICS:
            raise UnknownSyntax(f"the metric {name!r} of an insight rule is unknown")
        periods: dict[int, dict[tuple[str, ...], list[float]]] = {}
        for time, line in events:
            if grid and grid.start <= time < grid.stop and (contribution := self._contribution(line)):
                start = grid.start + int(time - grid.start) // grid.step * grid.step
                contributor, value = contribution
                periods.setdefault(start, {}).setdefault(contributor, []).append(value)
        return {start: _METRICS[name](periods[start]) for start in sorted(periods)}

    def _contribution(self, line: str) -> tuple[tuple[str, ...], float] | None:
        """Return the contributor and the value of a line, or None if the line does not count."""
        fields = json_object(line)
        if fields is None or not all(_passes(filter_, fields) for filter_ in self._filters):
            return None
        keys = [select(key, fields) for key in self._keys]
        values = select(self._value_of, fields) if self._value_of else [1]
        if not all(keys) or not values or not isinstance(values[0], int | float):
            return None
        return tuple(str(key[0]) for key in keys), float(values[0])


def _passes(filter_: dict[str, Any], fields: dict[str, Any]) -> bool:
    values = select(filter_["Match"], fields)
    (operator,) = filter_.keys() - {"Match"}
    if operator == "IsPresent":
        return bool(values) == filter_[operator]
    return bool(values) and _FILTERS[operator](values[0], filter_[operator])
