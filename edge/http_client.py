"""An HTTP/1.1 client for one server, over a connection that is reused between requests.

The module does what the edge function needs of `http.client`, whose import would add 12 ms to every cold start, because
it contains a parser for mail.
"""

import _thread
import socket
import ssl
from collections.abc import Mapping
from io import BufferedIOBase, BufferedReader, RawIOBase
from typing import Any, Final, NamedTuple

from edge.deadline import Deadline

_MAX_LINE: Final = 65_536
"""The maximum number of bytes of the status line and of each header."""
_MAX_HEADERS: Final = 100
_MAX_SENT: Final = 65_536
"""The maximum number of bytes that are sent before the client looks at the deadline again."""
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
        """`host` may end in a port. `timeout` is the maximum number of seconds of each wait for the server."""
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
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, max_bytes: int, deadline: Deadline
    ) -> HttpResponse:
        """Send a request, and return the response if its body has at most `max_bytes`, or else its beginning.

        `headers` contains the host, and `path` is percent-encoded. Raises ValueError if a header has a line break, and
        OSError if the connection fails, the response is malformed, its body has fewer bytes than its content-length, or
        the deadline passes.
        """
        message = _head(method, path, headers, body) + body
        keeps_connection = False
        try:
            connection = self._socket or self._open(deadline)
            self._send(connection, message, deadline)
            with BufferedReader(_SocketReader(connection, self._timeout, deadline)) as stream:
                response = _read_response(stream, max_bytes)
            keeps_connection = response.keeps_connection
        finally:
            if not keeps_connection:
                self.close()
        return response

    def _open(self, deadline: Deadline) -> socket.socket:
        name, _, port = self._host.partition(":")
        addresses = _resolve(name, int(port) if port else 443 if self.tls else 80, deadline.limit(self._timeout))
        self._socket = _connect(addresses, self._timeout, deadline)
        # Without this option, the end of a body can wait for an acknowledgment of its beginning.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            self._socket.settimeout(deadline.limit(self._timeout))
            self._socket = self.tls.wrap_socket(self._socket, server_hostname=name)
        return self._socket

    def _send(self, connection: socket.socket, message: bytes, deadline: Deadline) -> None:
        rest = memoryview(message)
        while rest:
            connection.settimeout(deadline.limit(self._timeout))
            rest = rest[connection.send(rest[:_MAX_SENT]) :]


class _SocketReader(RawIOBase):
    """The bytes that a server sends. Each wait for bytes ends at the deadline."""

    def __init__(self, connection: socket.socket, timeout: float, deadline: Deadline) -> None:
        self._connection = connection
        self._timeout = timeout
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._deadline.limit(self._timeout))
        return self._connection.recv_into(buffer)


def _resolve(name: str, port: int, seconds: float) -> list[tuple[str, int]]:
    """Return the addresses of a server. Raises TimeoutError after this number of seconds.

    The resolver of the system accepts no timeout. It runs in a thread, which stays until the resolver gives up.
    """
    addresses, errors = list[tuple[str, int]](), list[OSError]()
    is_done = _thread.allocate_lock()
    is_done.acquire()

    def resolve() -> None:
        try:
            results = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            addresses.extend((str(address[0]), port) for *_, address in results)
        except OSError as error:
            errors.append(error)
        finally:
            is_done.release()

    _thread.start_new_thread(resolve, ())
    if not is_done.acquire(timeout=seconds):
        raise TimeoutError(f"the address of {name} was not found in {seconds:.1f} s")
    if errors:
        raise errors[0]
    return addresses


def _connect(addresses: list[tuple[str, int]], timeout: float, deadline: Deadline) -> socket.socket:
    """Return a connection to the first address that accepts one. Each address gets the timeout."""
    failure = OSError("the server has no address")
    for address in addresses:
        try:
            return socket.create_connection(address, deadline.limit(timeout))
        except OSError as error:
            failure = error
    raise failure


def _head(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    fields = headers if method == "GET" else {**headers, "content-length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError(f"a line of the request to {path} has a line break or a null character")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _read_response(stream: BufferedIOBase, max_bytes: int) -> HttpResponse:
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


def _read_status(stream: BufferedIOBase) -> tuple[str, int]:
    """Return the HTTP version and the status. A status below 200 is an error: no request asks for such a response."""
    version, _, rest = _read_line(stream).partition(" ")
    status = rest.partition(" ")[0]
    if version not in ("HTTP/1.0", "HTTP/1.1") or not status.isdecimal() or len(status) != 3 or status < "200":
        raise ConnectionError(f"the response begins with {version[:20]!r} {status[:20]!r}")
    return version, int(status)


def _read_headers(stream: BufferedIOBase) -> dict[str, str]:
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


def _read_line(stream: BufferedIOBase) -> str:
    line = stream.readline(_MAX_LINE + 1)
    if not line.endswith(b"\n") or len(line) > _MAX_LINE:
        raise ConnectionError(f"the server sent an incomplete line of {len(line)} bytes")
    return line.decode("latin-1").rstrip("\r\n")
