"""A dashboard and the data of its widgets, read from CloudWatch as the console reads them."""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from common.retry import error_code
from ops.aws.error_messages import explain
from ops.aws.stack import Stack
from ops.errors import Failed

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

NAMES: Final = ("application", "account")
_UNIT_SECONDS: Final = {"M": 60, "H": 3600, "D": 86_400, "W": 604_800}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of one line of a widget, in the order of time."""

    label: str
    times: list[datetime]
    values: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetData:
    """A widget, its place in the grid of 24 columns, and its data."""

    kind: str
    """The type of the widget, such as `metric` or `text`."""
    x: int
    y: int
    width: int
    height: int
    properties: Mapping[str, Any]
    start: datetime
    end: datetime
    series: Sequence[Series] = field(default_factory=tuple[Series, ...])
    error: str = ""
    """Why the data cannot be read, as one sentence."""


def read_dashboard(stack: Stack, name: str, end: datetime, hours: int) -> Iterator[WidgetData]:
    """Yield the widgets of a dashboard with their data of the last hours.

    A widget whose data cannot be read has an error. Raises Failed if the stack has no such dashboard.
    """
    client = functools.cache(stack.cloudwatch)
    for widget in _widgets(stack, name):
        properties = widget["properties"]
        start = end - (_duration(properties.get("start", "")) or timedelta(hours=hours))
        place = {key: int(widget[key]) for key in ("x", "y", "width", "height")}
        series: list[Series] = []
        error = ""
        try:
            if widget["type"] == "metric":
                series = _read_series(client, properties, start, end)
        except ClientError as rejection:
            error = explain(rejection)
        yield WidgetData(
            kind=widget["type"], **place, properties=properties, start=start, end=end, series=series, error=error
        )


def count_widgets(stack: Stack, name: str) -> int:
    """Return the number of widgets. Raises Failed if the stack has no such dashboard."""
    return len(_widgets(stack, name))


def _widgets(stack: Stack, name: str) -> list[dict[str, Any]]:
    dashboard = (stack.outputs.get("dashboards") or {}).get(name)
    if not dashboard:
        raise Failed(f"the stack has no {name} dashboard: set monitoring to true, and run pulumi up (docs/config.md)")
    try:
        body = stack.cloudwatch().get_dashboard(DashboardName=dashboard)["DashboardBody"]
    except ClientError as error:
        if error_code(error) in ("ResourceNotFound", "DashboardNotFoundError"):
            raise Failed(f"CloudWatch has no dashboard {dashboard}: run pulumi up to create the dashboard") from error
        raise
    return json.loads(body)["widgets"]


def _read_series(
    client: Callable[[str], "CloudWatchClient"], properties: Mapping[str, Any], start: datetime, end: datetime
) -> list[Series]:
    """Return the visible lines in the order of the widget. An expression is computed in the Region of its metrics."""
    entries = [*_entries(properties)]
    regions = {entry["id"]: entry["region"] for entry in entries if "region" in entry}
    queries: dict[str, list[MetricDataQueryTypeDef]] = {}
    for entry in entries:
        named = re.findall(r"\b[a-z]\w*\b", entry.get("expression", ""))
        region = entry.get("region") or next((regions[id_] for id_ in named if id_ in regions), properties["region"])
        queries.setdefault(region, []).append(_query(entry, properties, start, end))
    series_by_id: dict[str, Series] = {}
    for region, region_queries in queries.items():
        pages = client(region).get_paginator("get_metric_data")
        for page in pages.paginate(
            MetricDataQueries=region_queries, StartTime=start, EndTime=end, ScanBy="TimestampAscending"
        ):
            results: Any = page["MetricDataResults"]
            for result in results:
                series = series_by_id.setdefault(result["Id"], Series(label=result["Label"], times=[], values=[]))
                series.times.extend(result["Timestamps"])
                series.values.extend(result["Values"])
    return [series_by_id[entry["id"]] for entry in entries if entry["visible"] and entry["id"] in series_by_id]


def _entries(properties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the options of each entry, with `names` for a metric, and always with an ID, a label and `visible`."""
    for index, entry in enumerate(properties.get("metrics", [])):
        options: dict[str, Any] = entry[-1] if isinstance(entry[-1], dict) else {}
        names = [text for text in entry if isinstance(text, str)]
        defaults: dict[str, Any] = {"id": f"entry{index}", "label": names[1] if names else "", "visible": True}
        if names:
            defaults |= {"names": names, "region": properties["region"]}
        yield defaults | options


def _query(
    entry: Mapping[str, Any], properties: Mapping[str, Any], start: datetime, end: datetime
) -> "MetricDataQueryTypeDef":
    period = int(entry.get("period") or properties.get("period", 300))
    if properties.get("setPeriodToTimeRange"):
        period = max(60, round((end - start).total_seconds() / 60) * 60)
    query: Any = {"Id": entry["id"], "Label": entry["label"] or entry["id"], "ReturnData": bool(entry["visible"])}
    if "expression" in entry:
        return query | {"Expression": entry["expression"], "Period": period}
    namespace, name, *dimensions = entry["names"]
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [
            {"Name": key, "Value": value} for key, value in zip(dimensions[::2], dimensions[1::2], strict=True)
        ],
    }
    stat = entry.get("stat") or properties.get("stat", "Average")
    return query | {"MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def _duration(text: str) -> timedelta | None:
    """Return the length of a relative time range such as -PT3H or -P14D, or None for other texts."""
    match = re.fullmatch(r"-P(T?)(\d+)([MHDW])", text)
    return timedelta(seconds=int(match[2]) * _UNIT_SECONDS[match[3]]) if match else None
