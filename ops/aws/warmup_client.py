"""Concurrent requests for renditions, as viewers send them."""

import json
import queue
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from itertools import product
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from common.contract import PROJECT, encode_key
from ops.aws.error_messages import explain_unreachable

_ACCEPT: Final = "image/avif,image/webp,image/*,*/*;q=0.8"
"""The Accept header that browsers with AVIF and WebP send for an <img>."""
_TIMEOUT: Final = 40
"""The seconds without received data after which a request fails. The edge function times out after 30 seconds."""
_REDIRECTS: Final = (301, 302, 307, 308)


class CacheStatus(StrEnum):
    """Whether the response came from a CloudFront cache."""

    HIT = "hit"
    MISS = "miss"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RenditionRequest:
    """The key and the query of one rendition."""

    key: str
    query: str

    @property
    def target(self) -> str:
        """The path and the query of the URL. Special characters of the key, also `+` and `%`, are percent-encoded."""
        return f"/{encode_key(self.key)}?{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionResponse:
    """The response to a request, after at most one redirect."""

    request: RenditionRequest
    status: int
    """The HTTP status, or 0 if there was no response."""
    size: int
    """The size of the body in bytes."""
    duration_ms: float
    """The time until the last byte, in milliseconds."""
    cache: CacheStatus
    reason: str = ""
    """The reason of the failure; empty for a success."""

    @property
    def is_success(self) -> bool:
        """Whether the response is an image."""
        return self.status == 200

    def to_dict(self) -> dict[str, Any]:
        """Return the response in types that can be serialized as JSON."""
        fields: dict[str, Any] = {
            "key": self.request.key,
            "query": self.request.query,
            "status": self.status,
            "bytes": self.size,
            "ms": round(self.duration_ms, 1),
            "cache": self.cache,
        }
        return fields | ({"reason": self.reason} if self.reason else {})


def rendition_requests(
    keys: Iterable[str], widths: Iterable[int], formats: Iterable[str | None]
) -> list[RenditionRequest]:
    """Return a request for each key, format and width. With the format None, the distribution chooses the format."""
    return [
        RenditionRequest(key, f"{f'format={format_}&' if format_ else ''}width={width}")
        for key, format_, width in product(keys, formats, widths)
    ]


def request_renditions(
    url: str, requests: Sequence[RenditionRequest], *, concurrency: int
) -> Iterator[RenditionResponse]:
    """Send the requests, at most `concurrency` at a time, and yield each response when it arrives.

    The threads are daemon threads, so that the program can end after Ctrl-C without waiting for a slow render.
    """
    pending: queue.SimpleQueue[RenditionRequest] = queue.SimpleQueue()
    results: queue.SimpleQueue[RenditionResponse | Exception] = queue.SimpleQueue()
    for request in requests:
        pending.put(request)

    def work() -> None:
        while True:
            try:
                request = pending.get_nowait()
            except queue.Empty:
                return
            try:
                results.put(_request_rendition(url, request))
            except Exception as error:  # noqa: BLE001  # this is a bug, and the main thread raises it
                results.put(error)

    for _ in range(min(concurrency, len(requests))):
        threading.Thread(target=work, daemon=True).start()
    for _ in requests:
        result = results.get()
        if isinstance(result, Exception):
            raise result
        yield result


class _NoRedirects(HTTPRedirectHandler):
    """A handler that returns redirects as responses, because the cache status of a redirect counts too."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        """Return None, which tells urllib not to follow the redirect."""


def _request_rendition(url: str, request: RenditionRequest) -> RenditionResponse:
    started = time.perf_counter()
    try:
        status, headers, body = _get(url + request.target)
        x_cache = [headers.get("x-cache", "")]
        if status in _REDIRECTS and headers.get("location"):
            status, headers, body = _get(urljoin(url, headers["location"]))
            x_cache.append(headers.get("x-cache", ""))
    except (URLError, HTTPException, OSError, ValueError) as error:
        status, body, x_cache = 0, b"", []
        reason = _explain(url, error)
    else:
        reason = "" if status == 200 else f"{status} {_error_detail(body)}".strip()
    return RenditionResponse(
        request=request,
        status=status,
        size=len(body),
        duration_ms=(time.perf_counter() - started) * 1000,
        cache=_cache_status(status, x_cache),
        reason=reason,
    )


def _explain(url: str, error: Exception) -> str:
    """Return one sentence that says why there is no response."""
    if isinstance(error, TimeoutError):
        return f"{url} did not respond within {_TIMEOUT} s"
    cause = error.reason if isinstance(error, URLError) else error
    if cause is not error and isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        return explain_unreachable(url)
    return f"the request to {url} failed: {getattr(cause, 'strerror', None) or cause}"


def _cache_status(status: int, x_cache: Sequence[str]) -> CacheStatus:
    if status != 200:
        return CacheStatus.ERROR
    return CacheStatus.HIT if all("Hit" in value for value in x_cache) else CacheStatus.MISS


def _get(url: str) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers (with names in lower case) and the body.

    The request uses the proxies in the environment variables.
    """
    request = Request(  # noqa: S310  # the URL of the stack
        url, headers={"Accept": _ACCEPT, "User-Agent": f"{PROJECT}-warm"}
    )
    try:
        response = build_opener(_NoRedirects).open(request, timeout=_TIMEOUT)
    except HTTPError as error:
        response = error
    with response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return int(response.status or 0), headers, bytes(response.read())


def _error_detail(body: bytes) -> str:
    """Return the `detail` of a JSON error of the stack, or an empty string for other bodies."""
    try:
        error: Any = json.loads(body)
    except ValueError:
        return ""
    return str(error.get("detail", "")) if isinstance(error, dict) else ""
