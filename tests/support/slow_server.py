"""A server that never stops reading or sending for long, but takes more time than a client has."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PAUSE = 0.02
_MAX_READ = 65_536


@contextmanager
def serve_slowly(response: bytes, *, request_bytes: int = 1) -> Iterator[int]:
    """Yield the port of a server. It reads `request_bytes` or more, and then sends the response byte by byte."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):
                received = 0
                while received < request_bytes and (data := connection.recv(_MAX_READ)):
                    received += len(data)
                    time.sleep(_PAUSE)
                for position in range(len(response)):
                    connection.sendall(response[position : position + 1])
                    time.sleep(_PAUSE)

    def serve_until_closed() -> None:
        with suppress(OSError):
            serve()

    thread = threading.Thread(target=serve_until_closed, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # `close` alone would not end `accept`.
        listener.close()
        thread.join(10)
