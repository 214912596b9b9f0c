"""The log line of a response, in JSON, and the server-timing header.

docs/request.md describes the fields of the line.
"""

import json
import time
from contextlib import suppress
from typing import Final

from edge.errors import BadRendition, Reason
from edge.event import Request, Response
from edge.imaging.formats import PIPELINE_VERSION
from edge.outcome import Adjustment, Outcome
from edge.rendition import Rendition

_MAX_TEXT: Final = 1_024
"""The maximum number of characters of a text. A key of S3 has at most 1,024 bytes."""
_MAX_TRACEBACK: Final = 16_000
"""The maximum number of characters of a traceback.

In JSON, a character has at most 12 bytes. A line with the longest texts has fewer than 262,144 bytes, which is the
older of the two limits of a log event that AWS documents. The newer limit is 1 MB.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

_is_cold_start = True


def log(request: Request, response: Response, *, started: float, timings: dict[str, float]) -> None:
    """Print one line to stdout, which Lambda sends to CloudWatch Logs.

    `started` is the value of time.perf_counter() at the start of the request. `timings` contains the milliseconds of
    each phase.
    The line must never contain the address of a viewer, a header, or a query that is not canonical. It is printable
    ASCII: a key or a detail can contain line breaks and control characters of terminals, and the line has them as
    escape sequences of JSON.
    """
    adjustment = response.adjustment
    bytes_in = request.length if request.status == 200 else 0  # Other responses have the length of another body.
    fields: dict[str, object] = {
        "request": request.id,
        "outcome": response.outcome.value,
        "adjustment": None if adjustment in (None, Adjustment.AS_REQUESTED) else adjustment.value,
        "key": request.key,
        "query": _canonical_query(request),
        "method": request.method,
        "status": request.status if response.body is None else response.status,
        "origin_status": request.status,
        "bytes_in": bytes_in,
        **response.log_fields,
    }
    _print_line(fields, started, timings)


def log_failure(request_id: str, error: Exception, *, started: float) -> None:
    """Print one line with the traceback of an exception that left the edge function without a request or a response."""
    fields: dict[str, object] = {
        "request": request_id,
        "outcome": Outcome.FAILED.value,
        "reason": Reason.UNEXPECTED.value,
        "status": 500,
        "detail": repr(error),
        "traceback": format_traceback(error),
    }
    _print_line(fields, started, {})


def _print_line(fields: dict[str, object], started: float, timings: dict[str, float]) -> None:
    """Print an object in JSON. A viewer gets the response even if the line cannot be written.

    A field without a value is left out: metric filters also match fields that are null.
    """
    global _is_cold_start
    line = {
        **{name: _shorten(name, value) for name, value in fields.items() if value not in (None, "", 0)},
        "ms": {**timings, "function": milliseconds_since(started)},
        "cold": _is_cold_start,
        "pipeline": PIPELINE_VERSION,
    }
    _is_cold_start = False
    with suppress(OSError, ValueError):  # Python raises ValueError if the stream is closed.
        print(json.dumps(line), flush=True)  # noqa: T201  # Lambda logs stdout.


def _shorten(name: str, value: object) -> object:
    """Return the value, or the allowed part of a text: the end of a traceback, or the beginning of another text.

    Half of a surrogate pair, which some readers of JSON refuse, becomes a question mark.
    """
    if not isinstance(value, str):
        return value
    part = value[-_MAX_TRACEBACK:] if name == "traceback" else value[:_MAX_TEXT]
    return part.encode(errors="replace").decode()


def _canonical_query(request: Request) -> str:
    """Return the query, or an empty string if it is not canonical. A viewer can write anything into another query."""
    if not request.is_for_rendition:
        return ""
    try:
        return str(Rendition.parse(request.query))
    except BadRendition:
        return ""


def format_traceback(error: BaseException) -> str:
    """Return the traceback of an exception."""
    import traceback  # Only a failure needs the module, and its import would make every cold start longer.

    return "".join(traceback.format_exception(error))[-_MAX_TRACEBACK:]


def milliseconds_since(started: float) -> float:
    """Return the milliseconds since `started`, a value of time.perf_counter()."""
    return round((time.perf_counter() - started) * 1000, 1)


def server_timing(response: Response) -> str:
    """Return the value of the server-timing header. https://www.w3.org/TR/server-timing/"""
    metrics = [f"{phase};dur={milliseconds:.1f}" for phase, milliseconds in response.timings.items()]
    description = describe_adjustment(response)
    return ", ".join([*metrics, f'outcome;desc="{description}"'] if description else metrics)


def describe_adjustment(response: Response) -> str:
    """Return the text for viewers; empty if the rendition is as requested or there is no rendition."""
    match response.adjustment:
        case None | Adjustment.AS_REQUESTED:
            return ""
        case Adjustment.QUALITY_REDUCED:
            return f"quality reduced to {response.quality}"
        case Adjustment.FORMAT_CHANGED:
            return f"format changed to {response.headers['content-type']}"
        case adjustment:
            return adjustment.value
