"""HTTP in front of the engine: uvicorn's view of a request into ours, and an answer back."""

from collections.abc import Awaitable, Callable
from typing import Any

from local.cloudfront.behavior import Request
from local.cloudfront.cache import Answer
from local.cloudfront.distribution import Distribution
from local.cloudfront.invalidation_api import Invalidations

_Send = Callable[[dict[str, Any]], Awaitable[None]]
_Receive = Callable[[], Awaitable[dict[str, Any]]]


class App:
    """The distribution, and on the same port CloudFront's API for its invalidations."""

    def __init__(self, distribution: Distribution, invalidations: Invalidations) -> None:
        self._distribution = distribution
        self._invalidations = invalidations

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        """ASGI. https://asgi.readthedocs.io/en/latest/specs/www.html"""
        method: str = scope["method"]
        uri = scope["raw_path"].decode("utf-8", errors="replace")
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        if self._invalidations.serves(uri):
            answer = self._invalidations.answer(method, uri, headers, await _body(receive))
        else:
            answer = await self._distribution.respond(
                Request(
                    method=method,
                    uri=uri,
                    query=scope["query_string"].decode("utf-8", errors="replace"),
                    headers=headers,
                    ip=scope["client"][0],
                )
            )
        await _send(send, method, answer)


async def _body(receive: _Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: _Send, method: str, answer: Answer) -> None:
    headers = dict(answer.headers)
    if method != "HEAD" or "content-length" not in headers:
        headers["content-length"] = str(len(answer.body))
    if answer.status in (204, 304):
        del headers["content-length"]
    raw = [(name.encode(), value.encode("latin-1", errors="replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
