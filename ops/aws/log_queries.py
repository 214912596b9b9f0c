"""CloudWatch Logs Insights queries over the log groups of the edge function, in every Region where it runs."""

import contextlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from common.retry import error_code
from ops.aws.stack import GLOBAL_REGION, Stack
from ops.errors import Failed

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

TIME_LIMIT: Final = 60
"""The number of seconds after which a query is stopped. Logs Insights itself would allow an hour."""
POLL_SECONDS: Final = 0.5
_RUNNING: Final = ("Scheduled", "Running")
_AGGREGATE: Final = re.compile(r"\b(count|sum|avg|max)\([\w.*@]*\) as (\w+)")
_NUMBER: Final = re.compile(r"ms\.\w+|(bytes|pixels)_\w+")
"""The names of the fields of a log line that are numbers."""

Row = dict[str, str | float]
"""The values of a result by column. Logs Insights returns texts; the values of `stats` and of numbers are floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """The merged result of a query in several Regions."""

    rows: list[Row]
    regions: list[str]
    """The Regions in which the query ran."""
    missing: list[str] = field(default_factory=list[str])
    """The Regions without the log group."""


def run_query(
    stack: Stack, text: str, start: datetime, end: datetime, on_region: Callable[[], None] = lambda: None
) -> QueryResult:
    """Run a query in every Region in which the edge function logs, and merge the results.

    The rows of a query without `stats` get the column `region`. Raises Failed if CloudWatch does not finish in time,
    and ClientError if AWS rejects a request.
    """
    group = stack.output("edge_log_group")
    regions: list[str] = list(stack.outputs.get("edge_log_regions") or [GLOBAL_REGION])
    started: dict[str, tuple[CloudWatchLogsClient, str]] = {}
    missing: list[str] = []
    aggregates = _aggregates(text)
    # The limit applies to the merged rows: a row can be the first of all Regions, and the last in each of them.
    region_text = re.sub(r"\s*\| limit \d+$", "", text) if aggregates else text
    rows: dict[str, list[Row]] = {}
    try:
        for region in regions:
            client = stack.logs(region)
            query_id = _start(client, group, region_text, start, end)
            if query_id is None:
                missing.append(region)
                on_region()
            else:
                started[region] = (client, query_id)
        deadline = time.monotonic() + TIME_LIMIT
        while waiting := [region for region in started if region not in rows]:
            for region in waiting:
                results = _poll(region, *started[region])
                if results is not None:
                    rows[region] = [_parse_row(row, aggregates) for row in results]
                    on_region()
            if time.monotonic() > deadline:
                raise Failed(f"the query did not end within {TIME_LIMIT} s in {', '.join(waiting)}: use fewer --hours")
            if len(rows) < len(started):
                time.sleep(POLL_SECONDS)
    finally:
        # A query bills the bytes that it scans, so a query whose result is not read is stopped.
        for region in started.keys() - rows.keys():
            with contextlib.suppress(ClientError, BotoCoreError):
                client, query_id = started[region]
                client.stop_query(queryId=query_id)
    return QueryResult(rows=merge(text, rows), regions=[*rows], missing=missing)


def _start(client: "CloudWatchLogsClient", group: str, text: str, start: datetime, end: datetime) -> str | None:
    """Start a query and return its ID, or None if the Region has no such log group."""
    try:
        return client.start_query(
            logGroupName=group, startTime=int(start.timestamp()), endTime=int(end.timestamp()), queryString=text
        )["queryId"]
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return None
        raise


def _poll(region: str, client: "CloudWatchLogsClient", query_id: str) -> list[Any] | None:
    """Return the results of a query, or None if the query still runs. Raises Failed if the query failed."""
    response = client.get_query_results(queryId=query_id)
    if response["status"] in _RUNNING:
        return None
    if response["status"] != "Complete":
        raise Failed(f"CloudWatch Logs ended the query in {region} with the status {response['status']}: try again")
    return response["results"]


def _parse_row(cells: list[Any], aggregates: dict[str, str]) -> Row:
    row: Row = {}
    for cell in cells:
        name, value = cell["field"], cell.get("value", "")
        # A key can look like a number, and must stay as it is.
        is_number = value and (name in aggregates or _NUMBER.fullmatch(name))
        if name != "@ptr":  # a reference to the whole line, for GetLogRecord
            row[name] = float(value) if is_number else value
    return row


def _aggregates(text: str) -> dict[str, str]:
    """Return the functions of `stats` by the names of their values."""
    return {alias: function for function, alias in _AGGREGATE.findall(text)}


def merge(text: str, rows_by_region: dict[str, list[Row]]) -> list[Row]:
    """Return the rows of all Regions in the order of the query.

    With `stats`, the rows of the same group become one row: counts and sums are added, `max` is the largest value, and
    `avg` is weighted by the count.
    """
    aggregates = _aggregates(text)
    if not aggregates:
        rows = [row | {"region": region} for region, region_rows in rows_by_region.items() for row in region_rows]
        return _sort(text, rows)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in (row for region_rows in rows_by_region.values() for row in region_rows):
        key = tuple((name, value) for name, value in row.items() if name not in aggregates)
        groups.setdefault(key, []).append(row)
    return _sort(text, [dict(key) | _aggregate(aggregates, rows) for key, rows in groups.items()])


def _aggregate(aggregates: dict[str, str], rows: Sequence[Row]) -> Row:
    count = next((alias for alias, function in aggregates.items() if function == "count"), "")
    weights = [float(row.get(count) or 1) for row in rows]
    merged: Row = {}
    for alias, function in aggregates.items():
        # A mean has no value if no line of the group has the field.
        weighted = [
            (float(row[alias]), weight) for row, weight in zip(rows, weights, strict=True) if row.get(alias, "") != ""
        ]
        if not weighted:
            merged[alias] = ""
        elif function == "max":
            merged[alias] = max(value for value, _ in weighted)
        elif function == "avg":
            merged[alias] = sum(value * weight for value, weight in weighted) / sum(weight for _, weight in weighted)
        else:
            merged[alias] = sum(value for value, _ in weighted)
    return merged


def _sort(text: str, rows: list[Row]) -> list[Row]:
    """Return the rows in the order of the query, and at most as many as its limit."""
    sort, limit = re.search(r"\| sort (\S+) (asc|desc)", text), re.search(r"\| limit (\d+)", text)
    if sort:
        # A value can be a number in one row and empty in another.
        rows = sorted(rows, key=lambda row: _sort_key(row.get(sort[1], "")), reverse=sort[2] == "desc")
    return rows[: int(limit[1])] if limit else rows


def _sort_key(value: str | float) -> tuple[bool, str | float]:
    return isinstance(value, float), value
