"""The log line of a response, in JSON, and the server-timing header."""

import json
import time
from contextlib import suppress

from edge.event import Request, Response
from edge.outcome import Outcome

_is_cold_start = True


def log(request: Request, response: Response, *, started: float, timings: dict[str, float]) -> None:
    """Print one line to stdout, which Lambda sends to CloudWatch Logs.

    `started` is the value of time.perf_counter() at the start of the request. `timings` contains the milliseconds of
    each phase.
    The line must never contain the address of a viewer. It is printable ASCII: a key or a detail can contain line
    breaks and control characters of terminals, and the line has them as escape sequences of JSON.
    """
    global _is_cold_start
    line: dict[str, object] = {
        "request": request.id,
        "key": request.key,
        "query": request.query,
        "method": request.method,
        "origin_status": request.status,
        "status": request.status if response.body is None else response.status,
        "bytes_in": request.length,
        "bytes_out": None if response.body is None else len(response.body),
        "ms": {**timings, "function": milliseconds_since(started)},
        "cold": _is_cold_start,
    }
    _is_cold_start = False
    optional = {"outcome": describe_outcome(response), "detail": response.detail}
    line |= {name: text for name, text in optional.items() if text}
    _print_line(line)


def log_failure(error: Exception) -> None:
    """Print one line with the traceback of an exception that left the edge function without a request or a response."""
    import traceback  # Only a failure needs the module, and its import would make every cold start longer.

    _print_line({"status": 500, "detail": "".join(traceback.format_exception(error))})


def _print_line(line: dict[str, object]) -> None:
    """Print an object in JSON. A viewer gets the response even if the line cannot be written."""
    with suppress(OSError, ValueError):  # Python raises ValueError if the stream is closed.
        print(json.dumps(line), flush=True)  # noqa: T201  # Lambda logs stdout.


def milliseconds_since(started: float) -> float:
    """Return the milliseconds since `started`, a value of time.perf_counter()."""
    return round((time.perf_counter() - started) * 1000, 1)


def server_timing(response: Response) -> str:
    """Return the value of the server-timing header. https://www.w3.org/TR/server-timing/"""
    metrics = [f"{phase};dur={milliseconds:.1f}" for phase, milliseconds in response.timings.items()]
    description = describe_outcome(response)
    return ", ".join([*metrics, f'outcome;desc="{description}"'] if description else metrics)


def describe_outcome(response: Response) -> str:
    """Return the text of the outcome, or an empty string if the rendition is as requested or there is no rendition."""
    match response.outcome:
        case None | Outcome.AS_REQUESTED:
            return ""
        case Outcome.QUALITY_REDUCED:
            return f"quality reduced to {response.quality}"
        case Outcome.FORMAT_CHANGED:
            return f"format changed to {response.headers['content-type']}"
        case outcome:
            return outcome.value
