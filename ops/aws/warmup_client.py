"""Requests to a distribution as viewers make them, so many at once and not more."""

import json
import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from itertools import product
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from common.contract import PROJECT, encode_key

# As browsers that know both ask for an <img>.
_ACCEPT: Final = "image/avif,image/webp,image/*,*/*;q=0.8"
_SECONDS: Final = 40
"""Without a byte; the edge function has 30."""
_REDIRECTS: Final = (301, 302, 307, 308)


@dataclass(frozen=True, slots=True)
class RenditionRequest:
    """One rendition."""

    key: str
    query: str

    @property
    def target(self) -> str:
        """Path and query; a key's characters stand for themselves, + and % too."""
        return f"/{encode_key(self.key)}?{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionResponse:
    """What came, at the end of a redirect if there was one."""

    request: RenditionRequest
    status: int
    """0 where nobody answered."""
    size: int
    """Bytes of the body."""
    duration_ms: float
    """Until its last byte."""
    cache: str
    """hit, miss, or error."""
    reason: str = ""

    @property
    def is_success(self) -> bool:
        """Whether there is a picture now."""
        return self.status == 200

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        known = {"key": self.request.key, "query": self.request.query, "status": self.status, "bytes": self.size}
        return (
            known
            | {"ms": round(self.duration_ms, 1), "cache": self.cache}
            | ({"reason": self.reason} if self.reason else {})
        )


def rendition_requests(
    keys: Iterable[str], widths: Iterable[int], formats: Iterable[str | None]
) -> list[RenditionRequest]:
    """Every width in every format of every key; None leaves the format to the distribution."""
    return [
        RenditionRequest(key, f"{f'format={format_}&' if format_ else ''}width={width}")
        for key, format_, width in product(keys, formats, widths)
    ]


def request_renditions(url: str, wanted: Sequence[RenditionRequest], *, at_once: int) -> Iterator[RenditionResponse]:
    """Each when it is there. Its threads do not outlive the program: Ctrl-C need not wait for a slow render."""
    waiting: queue.SimpleQueue[RenditionRequest] = queue.SimpleQueue()
    there: queue.SimpleQueue[RenditionResponse | Exception] = queue.SimpleQueue()
    for one in wanted:
        waiting.put(one)

    def work() -> None:
        while True:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                there.put(_reply(url, one))
            except Exception as error:  # noqa: BLE001  # a bug: whoever waits is told, rather than left waiting
                there.put(error)

    for _ in range(min(at_once, len(wanted))):
        threading.Thread(target=work, daemon=True).start()
    for _ in wanted:
        reply = there.get()
        if isinstance(reply, Exception):
            raise reply
        yield reply


class _Unfollowed(HTTPRedirectHandler):
    """The first answer's cache counts too."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        """None: it is an answer like others."""


def _reply(url: str, one: RenditionRequest) -> RenditionResponse:
    started = time.perf_counter()
    try:
        status, headers, body = _get(url + one.target)
        caches = [headers.get("x-cache", "")]
        if status in _REDIRECTS and headers.get("location"):
            status, headers, body = _get(urljoin(url, headers["location"]))
            caches.append(headers.get("x-cache", ""))
    except (URLError, HTTPException, OSError, ValueError) as error:
        said = getattr(error, "reason", None) or error
        return RenditionResponse(
            request=one, status=0, size=0, duration_ms=_since(started), cache="error", reason=f"{url} {said}"
        )
    cache = "error" if status != 200 else "hit" if all("Hit" in text for text in caches) else "miss"
    reason = "" if status == 200 else f"{status} {_detail(body)}".strip()
    return RenditionResponse(
        request=one, status=status, size=len(body), duration_ms=_since(started), cache=cache, reason=reason
    )


def _get(url: str) -> tuple[int, dict[str, str], bytes]:
    """With the environment's proxies. Names of headers in lower case."""
    request = Request(url, headers={"Accept": _ACCEPT, "User-Agent": f"{PROJECT}-warm"})  # noqa: S310  # the stack's
    try:
        reply = build_opener(_Unfollowed).open(request, timeout=_SECONDS)
    except HTTPError as error:
        reply = error
    with reply:
        return (
            int(reply.status or 0),
            {name.lower(): value for name, value in reply.headers.items()},
            bytes(reply.read()),
        )


def _detail(body: bytes) -> str:
    """What the stack's own errors say of themselves; nothing of others."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return ""
    return str(found.get("detail", "")) if isinstance(found, dict) else ""


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
