"""One connection of a small HTTP server in the engine's event loop, which may respond to a request later."""

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

import h11

_MAX_HEAD: Final = 2 << 20
"""The maximum size of a request without its body. The runtime client sends traces of up to 1 MB in a header."""


class HttpRequest(NamedTuple):
    """A request with its whole body."""

    method: str
    path: str
    body: bytes


class HttpConnection(asyncio.Protocol):
    """Passes each request to a function, which calls `respond` immediately or later."""

    def __init__(self, handle: Callable[["HttpConnection", HttpRequest], None]) -> None:
        self._handle = handle
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport. See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle the request as soon as it is complete. See asyncio.Protocol."""
        self._http.receive_data(data)
        try:
            self._read_events()
        except h11.RemoteProtocolError as error:
            self.respond(error.error_status_hint, b"")

    def respond(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Send the response to the request. If the client has gone, the response is dropped."""
        head = h11.Response(
            status_code=status,
            headers=[*headers, ("content-type", "application/json"), ("content-length", str(len(body)))],
        )
        messages = (head, h11.Data(data=body), h11.EndOfMessage())
        assert self._transport is not None
        self._transport.write(b"".join(self._http.send(message) or b"" for message in messages))
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self._transport.close()

    def _read_events(self) -> None:
        while True:
            match self._http.next_event():
                case h11.Request() as head:
                    self._head = head
                    self._body.clear()
                case h11.Data(data=data):
                    self._body += data
                case h11.EndOfMessage():
                    assert self._head is not None
                    request = HttpRequest(self._head.method.decode(), self._head.target.decode(), bytes(self._body))
                    self._handle(self, request)
                case _:
                    return
