"""Test the functions of connection.py with TLS servers on this machine, which the local engine cannot replace."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.live.connection import speaks_http2, speaks_tls
from tests.support.certificates import Authority

HTTP2_SETTINGS = b"\0\0\6\4\0\0\0\0\0" + b"\0\3\0\0\0\x64"


@contextmanager
def serve_tls(context: ssl.SSLContext, answer: bytes = b"") -> Iterator[str]:
    """Accept one connection, read once, send `answer`, and yield the URL of the server."""

    def accept() -> None:
        with suppress(OSError), context.wrap_socket(server.accept()[0], server_side=True) as connection:
            if answer and connection.recv(100):
                connection.sendall(answer)
                connection.recv(100)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}"
        thread.join(30)


@pytest.fixture
def contexts(tmp_path: Path) -> Callable[[], tuple[ssl.SSLContext, ssl.SSLContext]]:
    """Return a function that returns the contexts of a server, and of a client that trusts it."""
    authority = Authority("Root")

    def create() -> tuple[ssl.SSLContext, ssl.SSLContext]:
        client = ssl.create_default_context(cadata=authority.root.decode())
        return authority.server_context("localhost", tmp_path), client

    return create


Contexts = Callable[[], tuple[ssl.SSLContext, ssl.SSLContext]]


@pytest.mark.parametrize(
    ("version", "expected"), [(ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, True)], ids=["1.2", "1.3"]
)
def test_version_of_tls_below_the_minimum_is_refused(
    contexts: Contexts, version: ssl.TLSVersion, expected: bool
) -> None:
    server, client = contexts()
    server.minimum_version = ssl.TLSVersion.TLSv1_3

    with serve_tls(server) as url:
        assert speaks_tls(url, version, client) is expected


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
def test_old_version_of_tls_is_refused_by_a_current_server(contexts: Contexts, version: ssl.TLSVersion) -> None:
    server, client = contexts()
    server.minimum_version = ssl.TLSVersion.TLSv1_2

    with serve_tls(server) as url:
        assert not speaks_tls(url, version, client)


@pytest.mark.parametrize(("protocols", "expected"), [(["h2", "http/1.1"], True), (["http/1.1"], False)])
def test_http2_needs_a_server_that_selects_it(contexts: Contexts, protocols: list[str], expected: bool) -> None:
    server, client = contexts()
    server.set_alpn_protocols(protocols)

    with serve_tls(server, HTTP2_SETTINGS if expected else b"") as url:
        assert speaks_http2(url, client) is expected
