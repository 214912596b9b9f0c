"""Runs queries of CloudWatch Logs Insights: the commands fields, display, filter, stats, sort, limit and dedup.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from local.cloudwatch.expressions import Call, Constant, Name, Node, Operation, Parser, UnknownSyntax
from local.cloudwatch.filter_patterns import json_object
from local.cloudwatch.log_expressions import LANGUAGE, Timestamp, check, evaluate, number
from local.cloudwatch.statistics import percentile

_DEFAULT_LIMIT: Final = 10_000
_COMMENT: Final = re.compile(r"^\s*#.*$", re.MULTILINE)
Event = dict[str, Any]
"""The fields of an event, or of a row of the result."""


class LogEvent(NamedTuple):
    """One event of a log group."""

    timestamp: int
    """Milliseconds since the epoch."""
    message: str
    log: str
    """The account and the name of the log group."""
    stream: str
    pointer: str
    """An id of the event."""


class _Column(NamedTuple):
    node: Node
    name: str


class _Query(NamedTuple):
    steps: list[Callable[[list[Event]], list[Event]]]
    columns: list[str]
    is_aggregated: bool


def run_query(text: str, events: Iterable[LogEvent]) -> list[dict[str, str]]:
    """Return the rows of the result: texts by the names of columns. A row has no entry for a missing field.

    Raises UnknownSyntax for what the local engine does not evaluate.
    """
    query = _parse(text)
    rows = [_fields(event) for event in events]
    rows.sort(key=lambda row: row["@timestamp"], reverse=True)
    for step in query.steps:
        rows = step(rows)
    columns = query.columns if query.is_aggregated else [*query.columns, "@ptr"]
    return [{name: _text(row[name]) for name in columns if row.get(name) is not None} for row in rows[:_DEFAULT_LIMIT]]


def check_query(text: str) -> None:
    """Raise UnknownSyntax if the local engine cannot run the query."""
    _parse(text)


def _fields(event: LogEvent) -> Event:
    """Return the discovered fields of an event: nested fields of JSON have dots in their names."""
    fields: Event = {}

    def add(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                add(f"{prefix}.{name}" if prefix else name, item)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                add(f"{prefix}.{index}", item)
        elif value is not None:
            # AWS does not document it, but users compare JSON's true and false as 1 and 0.
            fields[prefix] = int(value) if isinstance(value, bool) else value

    add("", json_object(event.message) or {})
    return fields | {
        "@timestamp": Timestamp(event.timestamp),
        "@message": event.message,
        "@log": event.log,
        "@logStream": event.stream,
        "@ptr": event.pointer,
    }


def _parse(text: str) -> _Query:
    parser = Parser(_COMMENT.sub("", text), LANGUAGE)
    steps: list[Callable[[list[Event]], list[Event]]] = []
    columns: list[str] = []
    displayed: list[str] = []
    is_aggregated = False
    while True:
        command = parser.take().text.lower()
        match command:
            case "fields":
                fields = _columns(parser)
                columns += [column.name for column in fields if column.name not in columns]
                steps.append(lambda rows, fields=fields: [_extended(row, fields) for row in rows])
            case "display":
                displayed = [column.name for column in _columns(parser)]
            case "filter":
                condition = parser.expression()
                check(condition)
                steps.append(lambda rows, test=condition: [row for row in rows if evaluate(test, row)])
            case "stats":
                aggregates = _columns(parser, aggregates=True)
                groups = _columns(parser) if parser.accept("by") else []
                columns, is_aggregated = [column.name for column in (*groups, *aggregates)], True
                steps.append(lambda rows, a=aggregates, g=groups: _aggregate(rows, a, g))
            case "sort":
                steps += _sorts(parser)
            case "limit" if parser.next.kind == "number":
                count = int(parser.take().text)
                steps.append(lambda rows, count=count: rows[:count])
            case "dedup":
                keys = [column.name for column in _columns(parser)]
                steps.append(lambda rows, keys=keys: _first_of_each(rows, keys))
            case _:
                raise parser.error(f"unknown command {command!r}")
        if parser.next.kind == "end":
            return _Query(steps, displayed or columns or ["@timestamp", "@message"], is_aggregated)
        parser.expect("|")


def _columns(parser: Parser, *, aggregates: bool = False) -> list[_Column]:
    """Parse expressions with their names: after `as`, or the text of the expression."""
    columns: list[_Column] = []
    while not columns or parser.accept(","):
        start = parser.position
        node = parser.expression()
        check(node, _AGGREGATE_NAMES if aggregates else frozenset())
        name = parser.text_from(start).strip("`")
        columns.append(_Column(node, parser.take().text.strip("`") if parser.accept("as") else name))
    return columns


def _first_of_each(rows: list[Event], keys: list[str]) -> list[Event]:
    first: dict[tuple[Any, ...], Event] = {}
    for row in rows:
        first.setdefault(tuple(row.get(key) for key in keys), row)
    return [*first.values()]


def _sorts(parser: Parser) -> list[Callable[[list[Event]], list[Event]]]:
    """Parse the keys of a sort. Python's sort is stable, so the last key is applied first."""
    steps: list[Callable[[list[Event]], list[Event]]] = []
    while not steps or parser.accept(","):
        start = parser.position
        node = parser.expression()
        # After stats, a column is referred to by its text, such as count(*).
        name = parser.text_from(start)
        is_descending = parser.accept("desc")
        if not is_descending:
            parser.accept("asc")
        steps.insert(
            0,
            lambda rows, node=node, name=name, reverse=is_descending: sorted(
                rows, key=lambda row: _sort_key(row[name] if name in row else evaluate(node, row)), reverse=reverse
            ),
        )
    return steps


def _sort_key(value: Any) -> tuple[bool, float, str]:
    """Order values as Logs Insights does: everything that is no number comes before the numbers."""
    converted = number(value)
    return (False, 0.0, str(value or "")) if converted is None else (True, converted, "")


def _extended(row: Event, columns: Sequence[_Column]) -> Event:
    for column in columns:
        row = row | {column.name: evaluate(column.node, row)}
    return row


_AGGREGATES: Final[dict[str, Callable[[list[Any], list[float]], Any]]] = {
    "avg": lambda _, numbers: statistics.fmean(numbers) if numbers else None,
    "count": lambda values, _: len(values),
    "count_distinct": lambda values, _: len(set(values)),
    "earliest": lambda values, _: values[-1] if values else None,
    "latest": lambda values, _: values[0] if values else None,
    "max": lambda values, _: max(values, key=_sort_key, default=None),
    "min": lambda values, _: min(values, key=_sort_key, default=None),
    "stddev": lambda _, numbers: statistics.pstdev(numbers) if numbers else None,
    "sum": lambda _, numbers: sum(numbers),
}
_AGGREGATE_NAMES: Final = frozenset({*_AGGREGATES, "pct"})


def _aggregate(rows: list[Event], aggregates: Sequence[_Column], groups: Sequence[_Column]) -> list[Event]:
    members: dict[tuple[Any, ...], list[Event]] = {}
    for row in rows:
        members.setdefault(tuple(evaluate(group.node, row) for group in groups), []).append(row)
    if not groups and not members:
        members[()] = []
    result: list[Event] = []
    for key, group_rows in members.items():
        output: Event = dict(zip((group.name for group in groups), key, strict=True))
        for column in aggregates:
            output[column.name] = _aggregated(column.node, group_rows, output)
        result.append(output)
    return result


def _aggregated(node: Node, rows: list[Event], output: Event) -> Any:
    """Return the value of an expression that contains aggregates; other names refer to earlier columns."""
    match node:
        case Call(function, arguments) if function.lower() in _AGGREGATE_NAMES:
            name = function.lower()
            if name == "count" and arguments in ([], [Name("*")]):
                return len(rows)
            values = [value for row in rows if (value := evaluate(arguments[0], row)) is not None]
            numbers = [converted for value in values if (converted := number(value)) is not None]
            if name == "pct":
                return percentile(_constant(arguments[1]), sorted(numbers)) if numbers else None
            return _AGGREGATES[name](values, numbers)
        case Operation(operator, operands):
            return evaluate(Operation(operator, [Constant(_aggregated(item, rows, output)) for item in operands]), {})
        case Call(function, arguments):
            return evaluate(Call(function, [Constant(_aggregated(item, rows, output)) for item in arguments]), {})
        case _:
            return evaluate(node, output)


def _constant(node: Node) -> float:
    if not isinstance(node, Constant) or not isinstance(node.value, float):
        raise UnknownSyntax("pct() of Logs Insights needs a number as its second argument")
    return node.value


def _text(value: Any) -> str:
    """Return a value as the API does."""
    if isinstance(value, Timestamp):
        return f"{datetime.fromtimestamp(value // 1000, UTC):%Y-%m-%d %H:%M:%S}.{value % 1000:03d}"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)
