"""The command `logs`, which runs the saved queries over the log lines of the edge function."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from common.log_queries import LOG_QUERIES, find_query, request_query
from ops.aws.log_queries import QueryResult, Row, run_query
from ops.aws.stack import load_stack
from ops.console import output
from ops.console.argument_types import IntegerRange, RequestId
from ops.console.formatting import format_number
from ops.console.stack_options import StackSelection, json_option, stack_options
from ops.errors import Usage

_HEADINGS: Final = {"@timestamp": "time (UTC)", "hour": "hour (UTC)", "ms.function": "ms"}
_HIT: Final = "a response from a cache has no line, because the edge function runs only on a cache miss"


def _query_flags(callback: Callable[..., int]) -> Callable[..., int]:
    """Add an option for each saved query that needs no argument."""
    for query in reversed(LOG_QUERIES):
        if query.name != "request":
            callback = click.option(f"--{query.name}", is_flag=True, help=f"{query.title}.")(callback)
    return callback


@click.command(short_help="Show log lines of the edge function.")
@click.option("--request", type=RequestId(), metavar="ID", help="All lines of the request with this x-amz-cf-id.")
@_query_flags
@click.option(
    "--hours",
    type=IntegerRange(1, 8760),
    default=3,
    show_default=True,
    metavar="N",
    help="How many hours back the query reads.",
)
@json_option
@stack_options
def logs(*, request: str | None, hours: int, as_json: bool, selection: StackSelection, **flags: bool) -> int:
    """Show log lines of the edge function, which writes one line for each cache miss.

    The command runs one of the saved CloudWatch Logs Insights queries in every Region in which the edge function logs.
    """
    names = [*(["request"] if request else []), *(name.replace("_", "-") for name, is_set in flags.items() if is_set)]
    if len(names) != 1:
        options = ", ".join(f"--{query.name}" for query in LOG_QUERIES)
        raise Usage(f"use one of {options}" + (f", not {len(names)} of them" if names else ""))
    query = find_query(names[0])
    stack = load_stack(selection)
    end = datetime.now(UTC)
    regions = stack.outputs.get("edge_log_regions") or [""]
    with output.progress_bar("Regions", len(regions)) as advance:
        text = request_query(request) if request else query.text
        result = run_query(stack, text, end - timedelta(hours=hours), end, lambda: advance(1))
    if result.missing:
        output.print_note(f"no log group in {', '.join(result.missing)}: pulumi up creates the log groups of a stack")
    if as_json:
        output.print_json({"query": query.name, "hours": hours, "regions": result.regions, "rows": result.rows})
    elif not result.rows:
        output.print_line(_explain_no_rows(query.name, hours, result))
    elif request:
        _print_lines(result.rows)
    else:
        _print_table(result)
    return 0


def _explain_no_rows(name: str, hours: int, result: QueryResult) -> str:
    period = "hour" if hours == 1 else f"{hours} hours"
    place = ", ".join(result.regions) if len(result.regions) < 3 else f"{len(result.regions)} Regions"
    reasons = [f"the lines are older (--hours {24 * hours if hours < 365 else 8760})", "CloudWatch has a line later"]
    if name in ("request", "slowest", "sizes", "formats"):
        reasons.append(_HIT)
    if name == "request":
        reasons.append("the viewer function or the firewall rejected the request")
    return f"no lines in the last {period} in {place or 'any Region'}. Possible reasons:" + "".join(
        f"\n- {reason}" for reason in reasons
    )


def _print_table(result: QueryResult) -> None:
    """Print the rows. The Region is a column only if there is more than one."""
    names = list(dict.fromkeys(name for row in result.rows for name in row))
    columns = [name for name in names if name != "region" or len(result.regions) > 1]
    numbers = [
        index for index, name in enumerate(columns) if any(isinstance(row.get(name), float) for row in result.rows)
    ]
    header = [_HEADINGS.get(name, name.replace("_", " ")) for name in columns]
    output.print_table(header, [[_cell(row, name) for name in columns] for row in result.rows], right=numbers)


def _cell(row: Row, name: str) -> str:
    value = row.get(name, "")
    if name == "cold":
        return "cold" if value in ("1", "true") else ""
    if name in ("@timestamp", "hour"):
        return str(value).partition(".")[0]
    return format_number(round(value)) if isinstance(value, float) else str(value)


def _print_lines(rows: Sequence[Row]) -> None:
    """Print each line of a request as a table of its fields. A traceback keeps its lines."""
    for index, row in enumerate(rows):
        fields = _parse_line(str(row.get("@message", "")))
        traceback = str(fields.pop("traceback", ""))
        cells = [("time (UTC)", str(row.get("@timestamp", ""))), ("region", str(row.get("region", "")))]
        output.print_line("" if index else f"{len(rows)} line{'s' * (len(rows) > 1)}\n")
        output.print_table(("", ""), [*cells, *((name, _text(value)) for name, value in fields.items())])
        if traceback:
            output.print_line("")
            for text in traceback.rstrip().splitlines():  # The mark shows which lines are not from this command.
                output.print_line(f"  | {text}")


def _parse_line(message: str) -> dict[str, Any]:
    try:
        fields: Any = json.loads(message)
    except (ValueError, RecursionError):
        fields = None
    return fields if isinstance(fields, dict) else {"message": message}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_number = isinstance(value, int | float) and abs(value) < 2**63  # A larger number or `inf` cannot be formatted.
    return format_number(value) if is_number else str(value)
