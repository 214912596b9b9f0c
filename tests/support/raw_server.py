"""A server that sends given bytes as its responses, whatever the requests are."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class RawServer:
    """The port of a server, and what the server has received."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


@contextmanager
def serve_raw(*responses: bytes, keep_open: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Send one of the responses to each request. Close the connection after each response unless `keep_open` is set."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = RawServer(port=listener.getsockname()[1])
    remaining = list(responses)

    def serve_connection(connection: socket.socket) -> None:
        while remaining:
            data = connection.recv(65536)
            if not data:
                return
            server.requests.append(data)
            connection.sendall(remaining.pop(0))
            if not keep_open:
                return

    def serve() -> None:
        while remaining:
            connection, _ = listener.accept()
            server.connections += 1
            with connection, suppress(OSError):  # The client ends the connection if it refuses the certificate.
                if tls is None:
                    serve_connection(connection)
                else:
                    with tls.wrap_socket(connection, server_side=True) as encrypted:
                        serve_connection(encrypted)

    def serve_until_closed() -> None:
        with suppress(OSError):  # The listener is closed before all responses are sent.
            serve()

    thread = threading.Thread(target=serve_until_closed, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # `close` alone would not end `accept`.
        listener.close()
        thread.join(5)
