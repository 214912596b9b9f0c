"""Evaluates the queries of GetMetricData and of alarms on metric math."""

import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.metric_math import Series, Value, evaluate, names, parse_math
from local.cloudwatch.statistics import Datum, statistic

_HISTORY: Final = 14 * 24 * 3600
"""The seconds before the evaluated time whose values train an anomaly detection band: CloudWatch uses two weeks."""
_MIN_TRAINING: Final = 10
"""The number of values below which there is no band."""
_SEARCH: Final = re.compile(r'\s*\{([^}]*)\}((?:\s+[\w/-]+\s*=\s*"[^"]*"|\s+[\w/-]+\s*=\s*[\w/.-]+)*)\s*')
_SEARCH_TERM: Final = re.compile(r'([\w/-]+)\s*=\s*(?:"([^"]*)"|([\w/.-]+))')


class Metric(NamedTuple):
    """A metric's identity."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


class Account(NamedTuple):
    """What an evaluation reads in one Region."""

    metrics: dict[Metric, list[Datum]]
    insight_rule: Callable[[str, str, range], Series]
    """Returns a metric of a rule of Contributor Insights, by the names of the rule and of the metric, and the grid."""
    quota: float
    """The result of SERVICE_QUOTA for every usage metric."""


class MetricQueries:
    """Queries, in the form of the API, at the times from `start` (inclusive) to `end` (exclusive)."""

    def __init__(self, queries: Sequence[dict[str, Any]], account: Account, start: float, end: float) -> None:
        self._queries = {query["Id"]: query for query in queries}
        self._account = account
        self._start = start
        self._end = end
        self._values: dict[str, Value] = {}

    def value(self, id_: str) -> Value:
        """Return the result of a query. Raises UnknownSyntax for an unknown id or expression."""
        if id_ not in self._queries:
            raise UnknownSyntax(f"no query has the id {id_!r}")
        if id_ not in self._values:
            query = self._queries[id_]
            grid = self.grid(id_)
            if "MetricStat" in query:
                self._values[id_] = self._metric(query["MetricStat"], grid)
            else:
                self._values[id_] = evaluate(parse_math(query["Expression"]), _ExpressionSource(self, grid))
        return self._values[id_]

    def period(self, id_: str) -> int:
        """Return the period of a query in seconds: its own one, or that of the queries which it uses."""
        query = self._queries.get(id_)
        if query is None:
            raise UnknownSyntax(f"no query has the id {id_!r}")
        own = query["MetricStat"]["Period"] if "MetricStat" in query else query.get("Period")
        if own:
            return int(own)
        used = {self.period(name) for name in names(parse_math(query["Expression"]))}
        if len(used) > 1:
            raise UnknownSyntax(f"the query {id_} uses metrics of the periods {sorted(used)}: use one period")
        # METRICS() has no names.
        every = {int(item["MetricStat"]["Period"]) for item in self._queries.values() if "MetricStat" in item}
        return used.pop() if used else max(every, default=60)

    def grid(self, id_: str) -> range:
        """Return the start of each period of a query."""
        period = self.period(id_)
        return range(int(self._start), max(int(self._start), int(self._end)), period)

    def metrics(self, part: str) -> list[Series]:
        """Return the metrics whose id contains `part`."""
        values = [self.value(id_) for id_, query in self._queries.items() if "MetricStat" in query and part in id_]
        return [value for value in values if isinstance(value, dict)]

    def insight_rule(self, name: str, metric: str, grid: range) -> Series:
        """Return a metric of a rule of Contributor Insights."""
        return self._account.insight_rule(name, metric, grid)

    def quota(self) -> float:
        """Return the service quota."""
        return self._account.quota

    def band(self, id_: str, deviations: float, grid: range) -> list[Series]:
        """Return the limits of an anomaly detection band: the mean of the history, and standard deviations around it.

        CloudWatch's model also learns hours and weekdays. Both series are empty if there is too little history.
        """
        history = MetricQueries([*self._queries.values()], self._account, self._start - _HISTORY, self._start)
        values = history.value(id_)
        if not isinstance(values, dict) or len(values) < _MIN_TRAINING:
            return [{}, {}]
        mean, deviation = statistics.fmean(values.values()), statistics.pstdev(values.values())
        return [dict.fromkeys(grid, mean + sign * deviations * deviation) for sign in (-1, 1)]

    def search(self, expression: str, stat: str, period: int) -> list[Series]:
        """Return the metrics that match a search expression of the form `{Namespace,Dimension} MetricName="..."`."""
        match = _SEARCH.fullmatch(expression)
        if match is None:
            raise UnknownSyntax(f"the search expression {expression!r} is unknown")
        namespace, *dimensions = [name.strip().strip('"') for name in match[1].split(",")]
        terms = {name: quoted or word for name, quoted, word in _SEARCH_TERM.findall(match[2])}
        name = terms.pop("MetricName", None)
        grid = range(int(self._start), int(self._end), period)
        return [
            _aggregate(self._account.metrics[metric], stat, grid)
            for metric in self._account.metrics
            if metric.namespace == namespace
            and {key for key, _ in metric.dimensions} == set(dimensions)
            and name in (None, metric.name)
            and terms.items() <= dict(metric.dimensions).items()
        ]

    def _metric(self, metric_stat: dict[str, Any], grid: range) -> Series:
        metric = metric_stat["Metric"]
        dimensions = frozenset((item["Name"], item["Value"]) for item in metric.get("Dimensions") or [])
        data = self._account.metrics.get(Metric(metric["Namespace"], metric["MetricName"], dimensions), [])
        return _aggregate(data, metric_stat["Stat"], grid)


class _ExpressionSource:
    """What one expression can refer to: the other queries, at the times of the expression."""

    def __init__(self, queries: MetricQueries, grid: range) -> None:
        self.grid = grid
        self.value = queries.value
        self.metrics = queries.metrics
        self.period = queries.period
        self.search = queries.search
        self._queries = queries

    def quota(self, id_: str) -> float:
        self._queries.value(id_)
        return self._queries.quota()

    def insight_rule(self, name: str, metric: str) -> Series:
        return self._queries.insight_rule(name, metric, self.grid)

    def band(self, id_: str, deviations: float) -> list[Series]:
        return self._queries.band(id_, deviations, self.grid)


def _aggregate(data: Iterable[Datum], stat: str, grid: range) -> Series:
    """Return the statistic of the data in each period of the grid that has data."""
    periods: dict[int, list[Datum]] = {}
    for datum in data:
        if grid and grid.start <= datum.time < grid[-1] + grid.step:
            start = grid.start + int(datum.time - grid.start) // grid.step * grid.step
            periods.setdefault(start, []).append(datum)
    values = {start: statistic(stat, periods[start]) for start in sorted(periods)}
    statistic(stat, [])  # raises UnknownSyntax for an unknown statistic even if there is no data
    return {start: value for start, value in values.items() if value is not None}
