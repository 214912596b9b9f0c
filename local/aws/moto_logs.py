"""Evaluates metric filters and queries over the events that moto stores. The functions run in moto's process."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from local.aws.moto_metrics import limit_data
from local.cloudwatch.filter_patterns import FilterPattern, json_object, select
from local.cloudwatch.log_queries import LogEvent, check_query, run_query
from local.cloudwatch.metric_filters import MetricFilter, MetricValue

_MAX_EVENTS: Final = 20_000
"""The number of events that each log stream keeps. moto would keep every event."""
_MAX_QUERIES: Final = 100
"""The number of queries whose results each Region keeps."""


def evaluate_metric_filters(group: Any, events: list[dict[str, Any]]) -> None:
    """Add the values of a log group's metric filters for new events to the metrics of the Region."""
    from moto.cloudwatch.models import cloudwatch_backends
    from moto.logs.models import logs_backends

    filters = logs_backends[group.account_id][group.region].filters.get_matching_filters(log_group_name=group.name)
    backend = cloudwatch_backends[group.account_id][group.region]
    for declared in filters:
        metric_filter = parse_metric_filter(declared["filterPattern"], declared["metricTransformations"])
        results = [(event["timestamp"], metric_filter.evaluate(event["message"])) for event in events]
        values = [(timestamp, value) for timestamp, value in results if value is not None]
        if not values and events and metric_filter.default is not None:
            values = [(events[-1]["timestamp"], metric_filter.default)]
        backend.metric_data += [_metric_datum(value, timestamp) for timestamp, value in values]
    limit_data(backend)


def parse_metric_filter(pattern: str, transformations: list[dict[str, Any]]) -> MetricFilter:
    """Return a parsed filter. Raises UnknownSyntax if AWS would refuse it."""
    return _parse_metric_filter(pattern, json.dumps(transformations[0], sort_keys=True))


@lru_cache(maxsize=256)
def _parse_metric_filter(pattern: str, transformation: str) -> MetricFilter:
    return MetricFilter(pattern, json.loads(transformation))


def limit_events(stream: Any) -> None:
    """Delete the oldest quarter of a stream's events if there are too many."""
    if len(stream.events) > _MAX_EVENTS:
        del stream.events[: _MAX_EVENTS // 4]


def limit_queries(backend: Any) -> None:
    """Forget the oldest queries of a Region."""
    for query_id in [*backend.queries][:-_MAX_QUERIES]:
        backend.queries.pop(query_id, None)


def resource_arn(response: Any) -> str:
    """Return the ARN for which the caller of a request needs a permission: that of the log stream, or `*`.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    group, stream = response._get_param("logGroupName"), response._get_param("logStreamName")
    if not group or not stream:
        return "*"
    return f"arn:aws:logs:{response.region}:{response.current_account}:log-group:{group}:log-stream:{stream}"


def test_metric_filter(pattern: str, messages: list[str]) -> list[dict[str, Any]]:
    """Return the matches as TestMetricFilter does: the values of the pattern's selectors for each matching message."""
    parsed = FilterPattern(pattern)
    return [
        {
            "eventNumber": number,
            "eventMessage": message,
            "extractedValues": {
                selector: str(values[0])
                for selector in parsed.selectors()
                if (values := select(selector, json_object(message)))
            },
        }
        for number, message in enumerate(messages, start=1)
        if parsed.matches(message)
    ]


def execute_query(log_groups: list[Any], query: str, start_time: int, end_time: int) -> list[dict[str, str]]:
    """Return the rows of a query of Logs Insights. The times are in seconds since the epoch and inclusive."""
    return run_query(query, _events(log_groups, start_time * 1000, end_time * 1000 + 999))


def _events(log_groups: list[Any], start: int, end: int) -> Iterator[LogEvent]:
    for group in log_groups:
        for stream in [*group.streams.values()]:
            for event in [*stream.events]:
                if start <= event.timestamp <= end:
                    yield LogEvent(
                        timestamp=event.timestamp,
                        message=event.message,
                        log=f"{group.account_id}:{group.name}",
                        stream=stream.log_stream_name,
                        pointer=str(event.event_id),
                    )


def _metric_datum(value: MetricValue, timestamp: int) -> Any:
    from moto.cloudwatch.models import MetricDatum

    return MetricDatum(
        namespace=value.namespace,
        name=value.name,
        value=value.value,
        dimensions=[{"Name": name, "Value": text} for name, text in value.dimensions.items()],
        timestamp=datetime.fromtimestamp(timestamp / 1000, UTC).replace(tzinfo=None),
        unit=value.unit,
    )


def put_query_definition(response: Any) -> str:
    """Store a saved query, and answer PutQueryDefinition. Raises UnknownSyntax if the query cannot be run."""
    check_query(response._get_param("queryString"))
    id_: str = response._get_param("queryDefinitionId") or str(uuid.uuid4())
    definitions: dict[str, dict[str, Any]] = _query_definitions(response.logs_backend)
    definitions[id_] = {
        "queryDefinitionId": id_,
        "name": response._get_param("name"),
        "queryString": response._get_param("queryString"),
        "logGroupNames": response._get_param("logGroupNames") or [],
        "lastModified": int(time.time() * 1000),
    }
    return json.dumps({"queryDefinitionId": id_})


def describe_query_definitions(response: Any) -> str:
    """Answer DescribeQueryDefinitions, with all saved queries in one page."""
    prefix: str = response._get_param("queryDefinitionNamePrefix") or ""
    definitions = _query_definitions(response.logs_backend).values()
    return json.dumps({"queryDefinitions": [item for item in definitions if item["name"].startswith(prefix)]})


def _query_definitions(backend: Any) -> dict[str, dict[str, Any]]:
    return backend.__dict__.setdefault("query_definitions", {})
