"""Evaluates metrics over the data that moto stores. The functions run in moto's process and replace its own ones."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from local.cloudwatch.insight_rules import InsightRule
from local.cloudwatch.metric_data import Account, Metric, MetricQueries
from local.cloudwatch.metric_math import Series
from local.cloudwatch.statistics import Datum

_MAX_DATA: Final = 50_000
"""The number of values that each Region keeps: some hours of a busy engine. moto would keep every value."""
_SERVICE_QUOTA: Final = 1000.0
"""The quota of every service. It is Lambda's default quota of concurrent executions."""


def get_metric_data(
    backend: Any,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Return the results of GetMetricData."""
    start, end = _seconds(start_time), _seconds(end_time)
    if start >= end:
        from moto.cloudwatch.exceptions import ValidationError

        raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
    account = read_account(backend, queries)
    results: list[dict[str, Any]] = []
    for query in queries:
        if query.get("ReturnData") is False:
            continue
        # The periods begin at multiples of the period.
        period = MetricQueries(queries, account, 0, 0).period(query["Id"])
        values = MetricQueries(queries, account, start // period * period, end).value(query["Id"])
        if isinstance(values, int | float):
            from moto.cloudwatch.exceptions import ValidationError

            raise ValidationError(f"The expression of {query['Id']} does not return a time series.")
        is_descending = scan_by == "TimestampDescending"
        series_list = values if isinstance(values, list) else [values]
        results += [_result(query, series, is_descending=is_descending) for series in series_list]
    return results


def distinct_metrics(
    backend: Any, metric_name: str | None, namespace: str | None, dimensions: list[dict[str, str]]
) -> list[Any]:
    """Return one value of each metric that ListMetrics selects."""
    metrics: dict[Metric, Any] = {}
    for item in backend.get_all_metrics():
        if item.filter(namespace, metric_name, dimensions):
            metrics.setdefault(_metric(item), item)
    return [*metrics.values()]


def read_account(backend: Any, queries: Iterable[dict[str, Any]]) -> Account:
    """Return what expressions read in the Region of a backend."""
    data = [*backend.metric_data]
    # moto computes the metrics of S3 from all objects, which takes time.
    if "AWS/S3" in json.dumps([*queries], default=str):
        data += backend.aws_metric_data
    metrics: dict[Metric, list[Datum]] = {}
    for item in data:
        metrics.setdefault(_metric(item), []).append(_datum(item))
    return Account(metrics, lambda rule, metric, grid: _insight_rule(backend, rule, metric, grid), _SERVICE_QUOTA)


def limit_data(backend: Any) -> None:
    """Delete the oldest quarter of the values of a Region if there are too many."""
    if len(backend.metric_data) > _MAX_DATA:
        del backend.metric_data[: _MAX_DATA // 4]


def _insight_rule(backend: Any, name: str, metric: str, grid: range) -> Series:
    from moto.logs.models import logs_backends

    rule = backend.insight_rules.get(name)
    if rule is None or rule.state != "ENABLED":
        return {}
    definition = InsightRule(rule.definition)
    groups = logs_backends[backend.account_id][backend.region_name].groups
    events = (
        (event.timestamp / 1000, event.message)
        for group in [*groups.values()]
        if definition.covers(group.name)
        for stream in [*group.streams.values()]
        for event in [*stream.events]
    )
    return definition.metric(metric, events, grid=grid)


def _metric(item: Any) -> Metric:
    dimensions = frozenset((dimension.name, dimension.value) for dimension in item.dimensions)
    return Metric(item.namespace, item.name, dimensions)


def _datum(item: Any) -> Datum:
    time = _seconds(item.timestamp)
    if hasattr(item, "value"):
        return Datum(time, 1, item.value, item.value, item.value)
    return Datum(time, item.sample_count, item.sum, item.min, item.max)


def _result(query: dict[str, Any], series: Series, *, is_descending: bool) -> dict[str, Any]:
    times = sorted(series, reverse=is_descending)
    metric_name = query.get("MetricStat", {}).get("Metric", {}).get("MetricName")
    return {
        "id": query["Id"],
        "label": query.get("Label") or metric_name or query["Id"],
        "values": [series[time] for time in times],
        "timestamps": [datetime.fromtimestamp(time, UTC).replace(tzinfo=None) for time in times],
        "status_code": "Complete",
    }


def _seconds(time: datetime) -> float:
    """Return seconds since the epoch. moto's times have no time zone and are in UTC."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
