"""The saved CloudWatch Logs Insights queries over the log lines of the edge function.

The stack saves the queries in CloudWatch (infra/observability/queries.py), and `python -m ops logs` runs them. The
fields are those of edge/telemetry.py, and docs/request.md describes them. The queries use only the commands fields,
filter, sort, limit and stats, so that the local engine can evaluate them.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from dataclasses import dataclass
from typing import Final

REQUEST_PLACEHOLDER: Final = "REQUEST_ID"
"""The text in the query `request` that stands for the value of the response header x-amz-cf-id."""

_RENDITIONS: Final = 'filter outcome = "rendered" or outcome = "redirected"'


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """A query in the language of CloudWatch Logs Insights."""

    name: str
    """The name of the saved query, and of the option of `python -m ops logs`."""
    title: str
    """What the query returns, as a heading."""
    text: str


def _query(name: str, title: str, *commands: str) -> LogQuery:
    return LogQuery(name=name, title=title, text="\n| ".join(commands))


LOG_QUERIES: Final = (
    _query(
        "slowest",
        "Slowest renditions",
        "fields @timestamp, ms.function, key, query, format_in, bytes_in, bytes_out, cold, request",
        _RENDITIONS,
        "sort ms.function desc",
        "limit 20",
    ),
    _query(
        "rejected",
        "Rejected and failed requests by reason and key",
        'filter outcome = "rejected" or outcome = "failed"',
        "stats count(*) as requests by outcome, reason, key",
        "sort requests desc",
        "limit 100",
    ),
    _query(
        "request",
        "All lines of one request",
        "fields @timestamp, @message",
        f'filter request = "{REQUEST_PLACEHOLDER}"',
        "sort @timestamp asc",
        "limit 100",
    ),
    # The log has a line for each cache miss, so a size that a cache serves counts only once for each cache.
    _query(
        "sizes",
        "Most requested sizes",
        _RENDITIONS,
        "stats count(*) as renders, avg(ms.function) as mean_ms, avg(bytes_out) as mean_bytes by query",
        "sort renders desc",
        "limit 100",
    ),
    # Logs Insights compares a JSON boolean as a number. No AWS page says so; an example of AWS does the same:
    # https://github.com/aws-samples/serverless-typescript-demo
    _query(
        "cold-starts",
        "Cold starts by hour",
        "filter cold = 1",
        "stats count(*) as cold_starts, avg(ms.function) as mean_ms, max(ms.function) as max_ms by bin(1h) as hour",
        "sort hour asc",
        "limit 1000",
    ),
    _query(
        "formats",
        "Bytes by format",
        _RENDITIONS,
        "stats count(*) as renders, sum(bytes_in) as original_bytes, sum(bytes_out) as rendition_bytes "
        "by format_in, format_out",
        "sort renders desc",
        "limit 100",
    ),
)
"""The saved queries."""


def find_query(name: str) -> LogQuery:
    """Return the query with this name. Raises KeyError if there is none."""
    for query in LOG_QUERIES:
        if query.name == name:
            return query
    raise KeyError(name)


def request_query(request_id: str) -> str:
    """Return the text of the query for the lines of one request. The caller has checked the characters of the ID."""
    return find_query("request").text.replace(REQUEST_PLACEHOLDER, request_id)
