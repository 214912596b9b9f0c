"""The HTTP server: passes requests to the distribution or to CloudFront's API, and sends the responses."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import uvicorn

from local.cloudfront.distribution import Distribution
from local.cloudfront.invalidation_api import InvalidationApi
from local.cloudfront.messages import Request, Response
from local.parameter_names import ParameterNames
from local.program.program import ProgramError
from local.request_log import Handling, LoggedRequest, viewer_handling

_Send = Callable[[dict[str, Any]], Awaitable[None]]
_Receive = Callable[[], Awaitable[dict[str, Any]]]


class App:
    """The ASGI application: it serves the distribution, and on the same port CloudFront's API for invalidations."""

    def __init__(
        self,
        distribution: Distribution,
        invalidation_api: InvalidationApi,
        *,
        parameter_names: ParameterNames,
        on_request: Callable[[LoggedRequest], None],
    ) -> None:
        """`on_request` is called after each response."""
        self._distribution = distribution
        self._invalidation_api = invalidation_api
        self._parameter_names = parameter_names
        self._on_request = on_request

    async def __call__(self, scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        """Handle one request. See https://asgi.readthedocs.io/en/latest/specs/www.html."""
        started = time.perf_counter()
        request = Request(
            method=scope["method"],
            uri=scope["raw_path"].decode("utf-8", errors="replace"),
            query=scope["query_string"].decode("utf-8", errors="replace"),
            headers={name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            ip=scope["client"][0],
        )
        if self._invalidation_api.serves(request.uri):
            body = await _read_body(receive)
            response = self._invalidation_api.respond(request.method, request.uri, request.headers, body)
            handling = Handling.API
        else:
            self._parameter_names.check(request.query)
            response = await self._distribution.respond(request)
            handling = viewer_handling(response)
        sent = await _send_response(send, request.method, response)
        self._on_request(
            LoggedRequest(
                result=handling,
                method=request.method,
                path=f"{request.uri}?{request.query}" if request.query else request.uri,
                status=response.status,
                bytes=sent,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        )


def open_listener(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes any free port. Raises ProgramError if the address cannot be used.

    The engine opens the socket before all slow steps, so that it reports a busy port at once.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is named; without it a response may wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "a port is a number from 0 to 65535"
        raise ProgramError(
            f"{host}:{port} cannot be used ({reason}): choose another with --port or --host, or with make run PORT=..."
        ) from error
    return listener


@contextlib.asynccontextmanager
async def serve(app: App, listener: socket.socket) -> AsyncIterator[None]:
    """Serve the application until the context ends."""
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """A server that does not handle Ctrl-C, because the caller of the engine then also ends the other processes."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _read_body(receive: _Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send_response(send: _Send, method: str, response: Response) -> int:
    """Send the response, and return the number of bytes of its body."""
    headers = dict(response.headers)
    if method != "HEAD" or response.body:
        headers["content-length"] = str(len(response.body))
    if response.status in (204, 304):
        headers.pop("content-length", None)
    encoded_headers = [(name.encode(), value.encode("latin-1", errors="replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded_headers})
    body = b"" if method == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body})
    return len(body)
