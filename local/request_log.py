"""The log of requests: one line for each request, as text for people or as JSON for programs."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from local.cloudfront.messages import Response
from local.cloudfront.results import ResultType


class Handling(StrEnum):
    """How the engine handled a request."""

    HIT = "hit"
    """The response came from the cache."""
    MISS = "miss"
    """The response came from the origin or from the edge function."""
    REFUSED = "refused"
    """The response has a status from 400 to 499, and did not come from the cache."""
    FAILED = "failed"
    """The response has a status of 500 or more, and did not come from the cache."""
    API = "api"
    """The request was a call of CloudFront's API, not a request of a viewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """What the log says about one request. The JSON line has the same names."""

    result: Handling
    method: str
    path: str
    """The path and the query, as the viewer sent them."""
    status: int
    bytes: int
    """The number of bytes of the body that was sent."""
    milliseconds: float


def viewer_handling(response: Response) -> Handling:
    """Return how the distribution handled the request of a viewer, from the response's status and `x-cache`."""
    result_type = response.headers.get("x-cache", "").partition(" ")[0]
    if result_type in (ResultType.HIT, ResultType.REFRESH_HIT):
        return Handling.HIT
    if response.status >= 500:
        return Handling.FAILED
    return Handling.REFUSED if response.status >= 400 else Handling.MISS


def text_line(request: LoggedRequest) -> str:
    """Return a line with aligned columns. The path is last, because its length varies."""
    size = f"{request.bytes:,} bytes"
    time = f"{request.milliseconds:,.1f} ms"
    path = printable(request.path).replace("\n", "\\x0a")
    return f"{request.result:<7} {request.method:<4} {request.status} {size:>16} {time:>12}  {path}"


def printable(text: str) -> str:
    """Return the text without control characters, which a terminal would obey. Line breaks stay."""
    return "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text)


def json_line(request: LoggedRequest) -> str:
    """Return one JSON object on one line, in ASCII."""
    return json.dumps(asdict(request))
