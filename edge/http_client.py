"""An HTTP/1.1 client for one server, over a connection that is reused between requests.

The module does what the edge function needs of `http.client`, whose import would add 12 ms to every cold start, because
it contains a parser for mail.
"""

import socket
import ssl
from collections.abc import Mapping
from io import BufferedReader
from typing import Final, NamedTuple

_MAX_LINE: Final = 65_536
"""The maximum number of bytes of the status line and of each header."""
_MAX_HEADERS: Final = 100
_MAX_INCOMPLETE_BODY: Final = 1000
"""The maximum number of bytes of a body that the client reads although it does not accept the body."""


class HttpResponse(NamedTuple):
    """A response with its body."""

    status: int
    headers: dict[str, str]
    """The headers by their names in lower case. Values of the same name are joined with commas."""
    length: int | None
    """The number of bytes of the body; None if the server does not send it, or sends two different numbers."""
    body: bytes
    """The body. If `length` is None or too large, this is only the beginning of the body, for a log."""
    keeps_connection: bool
    """Whether the next request can use the same connection."""


class HttpConnection:
    """A connection to one server. It is opened by the first request, and by the first request after `close`."""

    def __init__(self, host: str, *, tls: ssl.SSLContext | None, timeout: float) -> None:
        """`host` may end in a port. `timeout` is the number of seconds without a byte after which a request ends."""
        self._host = host
        self.tls = tls
        """The context of encrypted connections; None for an unencrypted connection."""
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, max_bytes: int
    ) -> HttpResponse:
        """Send a request, and return the response if its body has at most `max_bytes`, or else its beginning.

        `headers` contains the host, and `path` is percent-encoded. Raises ValueError if a header has a line break, and
        OSError if the connection fails, the response is malformed, or its body has fewer bytes than its content-length.
        """
        message = _head(method, path, headers, body) + body
        self._socket = self._socket or self._open()
        keeps_connection = False
        try:
            self._socket.sendall(message)
            with self._socket.makefile("rb") as stream:
                response = _read_response(stream, max_bytes)
            keeps_connection = response.keeps_connection
        finally:
            if not keeps_connection:
                self.close()
        return response

    def _open(self) -> socket.socket:
        name, _, port = self._host.partition(":")
        address = (name, int(port) if port else 443 if self.tls else 80)
        connection = socket.create_connection(address, self._timeout)
        # Without this option, the end of a body can wait for an acknowledgment of its beginning.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(connection, server_hostname=name) if self.tls else connection


def _head(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    fields = headers if method == "GET" else {**headers, "content-length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError(f"a line of the request to {path} has a line break or a null character")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _read_response(stream: BufferedReader, max_bytes: int) -> HttpResponse:
    version, status = _read_status(stream)
    headers = _read_headers(stream)
    is_chunked, text = "transfer-encoding" in headers, headers.get("content-length", "")
    length = int(text) if text.isdecimal() and len(text) < 16 and not is_chunked else None
    if length is None or length > max_bytes:
        if is_chunked:
            _read_line(stream)  # This line has the length of the first chunk.
        return HttpResponse(status, headers, length, stream.read1(_MAX_INCOMPLETE_BODY), keeps_connection=False)
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError(f"the response ends after {len(body)} of {length} bytes")
    is_last = version == "HTTP/1.0" or headers.get("connection", "").lower() == "close"
    return HttpResponse(status, headers, length, body, keeps_connection=not is_last)


def _read_status(stream: BufferedReader) -> tuple[str, int]:
    """Return the HTTP version and the status. A status below 200 is an error: no request asks for such a response."""
    version, _, rest = _read_line(stream).partition(" ")
    status = rest.partition(" ")[0]
    if version not in ("HTTP/1.0", "HTTP/1.1") or not status.isdecimal() or len(status) != 3 or status < "200":
        raise ConnectionError(f"the response begins with {version[:20]!r} {status[:20]!r}")
    return version, int(status)


def _read_headers(stream: BufferedReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MAX_HEADERS + 1):
        line = _read_line(stream)
        if not line:
            return headers
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise ConnectionError(f"the response has the malformed header {line[:40]!r}")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise ConnectionError(f"the response has more than {_MAX_HEADERS} headers")


def _read_line(stream: BufferedReader) -> str:
    line = stream.readline(_MAX_LINE + 1)
    if not line.endswith(b"\n") or len(line) > _MAX_LINE:
        raise ConnectionError(f"the server sent an incomplete line of {len(line)} bytes")
    return line.decode("latin-1").rstrip("\r\n")
