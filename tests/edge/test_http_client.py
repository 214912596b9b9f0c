import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.deadline import Deadline
from edge.http_client import HttpConnection, HttpResponse, _read_response
from tests.support.raw_server import serve_raw
from tests.support.slow_server import serve_slowly

OK = b"HTTP/1.1 200 OK\r\n"
ONE = OK + b"Content-Length: 3\r\n\r\none"
TWO = OK + b"Content-Length: 3\r\n\r\ntwo"


@contextlib.contextmanager
def connection_to(port: int, *, timeout: float = 5, host: str = "127.0.0.1") -> Iterator[HttpConnection]:
    connection = HttpConnection(f"{host}:{port}", tls=None, timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


def get(connection: HttpConnection, *, max_bytes: int = 100, seconds: float = 60) -> HttpResponse:
    deadline = Deadline.after(seconds)
    return connection.request("GET", "/a.jpg", {"host": "s3.test"}, b"", max_bytes=max_bytes, deadline=deadline)


def test_get_sends_its_headers_and_no_body() -> None:
    with serve_raw(ONE) as server, connection_to(server.port) as connection:
        response = get(connection)

    assert server.requests == [b"GET /a.jpg HTTP/1.1\r\nhost: s3.test\r\n\r\n"]
    assert (response.status, response.headers, response.body) == (200, {"content-length": "3"}, b"one")


def test_put_sends_its_body_with_the_length() -> None:
    with serve_raw(ONE) as server, connection_to(server.port) as connection:
        connection.request("PUT", "/a", {"host": "h"}, b"\r\n\0body", max_bytes=9, deadline=Deadline.after(60))

    assert server.requests == [b"PUT /a HTTP/1.1\r\nhost: h\r\ncontent-length: 7\r\n\r\n\r\n\0body"]


@pytest.mark.parametrize("value", ["a\r\nx-injected: 1", "a\nb", "a\rb", "a\0b"])
def test_header_with_a_line_break_is_not_sent(value: str) -> None:
    with serve_raw(ONE) as server, connection_to(server.port) as connection:
        with pytest.raises(ValueError, match="line break"):
            connection.request("GET", "/a", {"cache-control": value}, b"", max_bytes=9, deadline=Deadline.after(60))

        assert get(connection).body == b"one"
    assert len(server.requests) == 1


def test_large_body_arrives_complete() -> None:
    body = bytes(range(256)) * 20_000
    head = OK + f"Content-Length: {len(body)}\r\n\r\n".encode()
    with serve_raw(head + body) as server, connection_to(server.port) as connection:
        assert get(connection, max_bytes=len(body)).body == body


def test_requests_share_one_connection() -> None:
    with serve_raw(ONE, TWO, keep_open=True) as server, connection_to(server.port) as connection:
        assert (get(connection).body, get(connection).body) == (b"one", b"two")
    assert server.connections == 1


@pytest.mark.parametrize(
    "first",
    [
        OK + b"Connection: close\r\nContent-Length: 3\r\n\r\none",
        b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none",
        OK + b"Content-Length: 101\r\n\r\none",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n",
        OK + b"\r\none",
    ],
    ids=["Connection: close", "HTTP/1.0", "too large", "chunked", "no length"],
)
def test_next_request_opens_a_connection_after(first: bytes) -> None:
    with serve_raw(first, TWO) as server, connection_to(server.port) as connection:
        responses = get(connection), get(connection)

    assert [response.body[:3] for response in responses] == [b"one", b"two"]
    assert server.connections == 2


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/2 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        OK + b"Content-Length: 3\r\n",
        OK + b"no colon\r\n\r\n",
        OK + b"a: 1\r\n folded: 2\r\n\r\n",
        OK + b"Content-Length : 3\r\n\r\none",
        OK + b"a: " + b"x" * 65_536 + b"\r\n\r\n",
        OK + b"a: 1\r\n" * 101 + b"\r\n",
        OK + b"Content-Length: 9\r\n\r\nhalf",
    ],
    ids=lambda response: repr(response[-30:]),
)
def test_malformed_response_raises_os_error(response: bytes) -> None:
    """The next request does not see the rest of the malformed response."""
    with serve_raw(response, TWO) as server, connection_to(server.port) as connection:
        with pytest.raises(OSError, match=r"."):
            get(connection)

        assert get(connection).body == b"two"


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"Content-Length: -3\r\n",
        b"Content-Length: +3\r\n",
        b"Content-Length: \xb3\r\n",
        b"Content-Length: 3, 3\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    ],
    ids=lambda headers: repr(headers[:60]),
)
def test_length_is_none_if_the_headers_do_not_define_it(headers: bytes) -> None:
    response = _read_response(io.BufferedReader(io.BytesIO(OK + headers + b"\r\n3\r\none\r\n")), 100)

    assert (response.length, response.keeps_connection) == (None, False)


def test_silent_server_raises_timeout_error() -> None:
    with serve_raw(OK, TWO, keep_open=True) as server, connection_to(server.port, timeout=0.1) as connection:
        with pytest.raises(TimeoutError):
            get(connection)

        assert server.connections == 1


SLOW = OK + b"Content-Length: 60\r\n\r\n" + b"x" * 60
SLOW_HEAD = OK + b"x-padding: " + b"x" * 60 + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(("response", "sent"), [(SLOW, 0), (SLOW_HEAD, 0), (ONE, 2 << 20)], ids=["body", "head", "put"])
def test_server_that_is_never_silent_ends_at_the_deadline(response: bytes, sent: int) -> None:
    """Each byte arrives within the timeout, but all of them would take longer than the deadline allows."""
    body = bytes(sent)
    with serve_slowly(response, request_bytes=max(1, sent)) as port, connection_to(port) as connection:
        with pytest.raises(TimeoutError):
            connection.request("PUT", "/a", {}, body, max_bytes=100, deadline=Deadline.after(0.3))

        assert connection.request("PUT", "/a", {}, body, max_bytes=100, deadline=Deadline.after(60)).status == 200


def addresses(*hosts: str, port: int) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]


def resolve_to(monkeypatch: pytest.MonkeyPatch, found: list[Any]) -> None:
    """Let a name have these addresses. Addresses are still their own names."""
    getaddrinfo = socket.getaddrinfo

    def resolve(name: str, *options: Any, **others: Any) -> Any:
        return found if name == "s3.test" else getaddrinfo(name, *options, **others)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_next_address_is_used_when_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_raw(ONE) as server:
        resolve_to(monkeypatch, addresses("127.0.0.2", "127.0.0.1", port=server.port))

        with connection_to(server.port, host="s3.test") as connection:
            assert get(connection).body == b"one"


def test_addresses_that_do_not_answer_share_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as clients:
        host, port = full.getsockname()
        for _ in range(3):  # A server with a full queue ignores further clients.
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((host, port))
        resolve_to(monkeypatch, addresses(*[host] * 20, port=port))

        connection = clients.enter_context(connection_to(port, host="s3.test", timeout=0.1))
        with pytest.raises(TimeoutError, match="no time remains"):
            get(connection, seconds=0.35)


def test_name_that_is_not_resolved_in_time_raises_timeout_error(monkeypatch: pytest.MonkeyPatch) -> None:
    give_up = threading.Event()
    with serve_raw(ONE) as server, connection_to(server.port, host="s3.test") as connection:

        def resolve(*_: Any, **options: Any) -> list[Any]:
            give_up.wait(2)
            return addresses("127.0.0.1", port=server.port)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with pytest.raises(TimeoutError, match=r"address of s3\.test"):
            get(connection, seconds=0.1)
        give_up.set()


def test_name_that_does_not_exist_raises_os_error() -> None:
    with connection_to(80, host="s3.invalid") as connection, pytest.raises(OSError, match=r"."):
        get(connection)


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda rest: OK + rest)))
def test_any_bytes_give_a_response_or_os_error(data: bytes) -> None:
    with contextlib.suppress(OSError):
        assert len(_read_response(io.BufferedReader(io.BytesIO(data)), 100).body) <= 1000


@given(
    status=st.integers(200, 599).filter(lambda status: status not in (204, 304)),
    headers=st.dictionaries(
        st.from_regex(r"\A[A-Za-z][A-Za-z0-9-]{0,20}\Z"),
        st.text(st.characters(codec="latin-1", exclude_categories=["C", "Z"])),
    ),
    body=st.binary(max_size=100),
    sent=st.integers(0, 200),
)
@example(status=200, headers={"ETag": '"a"', "Connection": "close"}, body=b"x", sent=200)
def test_response_is_read_as_http_client_reads_it(status: int, headers: dict[str, str], body: bytes, sent: int) -> None:
    """A response that ends early is an error for both."""
    fields = {name: value for name, value in headers.items() if name.lower() != "transfer-encoding"}
    fields["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("latin-1")
    data = f"HTTP/1.1 {status} X\r\n".encode() + head + b"\r\n" + body[:sent]

    assert read_with_our_client(data) == read_with_http_client(data)


def read_with_our_client(data: bytes) -> tuple[int, str | None, bytes] | None:
    try:
        response = _read_response(io.BufferedReader(io.BytesIO(data)), 100)
    except OSError:
        return None
    return response.status, response.headers.get("etag"), response.body


class FakeSocket:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self.data)


def read_with_http_client(data: bytes) -> tuple[int, str | None, bytes] | None:
    response = HTTPResponse(FakeSocket(data))
    try:
        response.begin()
        return response.status, response.getheader("etag"), response.read()
    except HTTPException:
        return None
