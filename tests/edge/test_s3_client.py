import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from edge.deadline import Deadline
from edge.errors import ImageError, NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.s3_client import Bucket
from tests.support.raw_server import serve_raw

MakeBucket = Callable[[], Bucket]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


@contextmanager
def s3_server(monkeypatch: pytest.MonkeyPatch, *responses: bytes, keep_open: bool = False) -> Iterator[list[bytes]]:
    """Start a server that sends these raw responses, and yield the requests that it received."""
    with serve_raw(*responses, keep_open=keep_open) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.port}")
        yield server.requests


def raw_response(status: int, body: bytes, length: int | None = None) -> bytes:
    head = f'HTTP/1.1 {status} X\r\nETag: "abc"\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n'
    return head.encode() + body


CHUNKED = b"HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n<Code>AccessDenied</Code>\r\n0\r\n\r\n"


@pytest.fixture
def bucket() -> Iterator[MakeBucket]:
    """Return a function that creates a bucket. The test must set the address of S3 before it calls the function."""
    buckets: list[Bucket] = []

    def make() -> Bucket:
        buckets.append(Bucket("pictures", "eu-west-1"))
        return buckets[-1]

    yield make
    for bucket in buckets:
        bucket.close()


def read(bucket: Bucket) -> bytes:
    return bucket.read("a b.jpg", max_bytes=100, deadline=Deadline.after(60)).body


def test_read_returns_body_and_etag_from_one_signed_get(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, raw_response(200, b"picture")) as requests:
        original = bucket().read("a b+é.jpg", max_bytes=100, deadline=Deadline.after(60))

    assert (original.body, original.etag) == (b"picture", "abc")
    assert requests[0].startswith(b"GET /pictures/a%20b%2B%C3%A9.jpg HTTP/1.1\r\n")
    assert b"authorization: AWS4-HMAC-SHA256" in requests[0]


def test_reads_share_a_connection_that_stays_open(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, raw_response(200, b"one"), raw_response(200, b"two"), keep_open=True):
        pictures = bucket()

        assert (read(pictures), read(pictures)) == (b"one", b"two")


def test_closed_connection_is_replaced_by_a_new_one(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, raw_response(200, b"one"), raw_response(200, b"two")):
        pictures = bucket()

        assert (read(pictures), read(pictures)) == (b"one", b"two")


@pytest.mark.parametrize(
    "first",
    [b"", raw_response(503, b"slow down"), raw_response(200, b"half", length=8)],
    ids=["no response", "503", "half a body"],
)
def test_read_is_retried_once_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket, first: bytes
) -> None:
    with s3_server(monkeypatch, first, raw_response(200, b"picture")):
        assert read(bucket()) == b"picture"


@pytest.mark.parametrize(
    ("responses", "error"),
    [
        ((b"", b""), OriginFailed),
        ((raw_response(500, b"sorry"), raw_response(500, b"sorry")), OriginFailed),
        ((raw_response(403, b"<Code>AccessDenied</Code>"),), OriginFailed),
        ((raw_response(404, b"<Code>NoSuchKey</Code>"),), NoSuchOriginal),
        ((raw_response(200, b"x" * 101),), OriginalTooLarge),
        ((CHUNKED.replace(b"403", b"200"),), OriginalTooLarge),
        ((raw_response(200, b"half", length=8), raw_response(200, b"half", length=8)), OriginFailed),
    ],
    ids=["no response", "500", "403", "404", "too many bytes", "unknown length", "half a body"],
)
def test_every_failure_raises_an_image_error(
    monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket, responses: tuple[bytes, ...], error: type[ImageError]
) -> None:
    with s3_server(monkeypatch, *responses), pytest.raises(error) as raised:
        read(bucket())

    assert "AccessDenied" not in raised.value.public


@pytest.mark.parametrize("refusal", [CHUNKED, raw_response(403, b"<Code>AccessDenied</Code>")])
def test_refusal_of_s3_is_in_the_detail(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket, refusal: bytes) -> None:
    with s3_server(monkeypatch, refusal), pytest.raises(OriginFailed, match="S3 returned 403: <Code>AccessDenied<"):
        read(bucket())


def test_write_sends_the_rendition_and_its_headers(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, raw_response(200, b"")) as requests:
        bucket().write("a.webp", b"rendition", {"content-type": "image/webp"}, deadline=Deadline.after(60))

    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /pictures/a.webp HTTP/1.1\r\n")
    assert {b"content-type: image/webp", b"content-length: 9"} <= set(head.split(b"\r\n"))
    assert body == b"rendition"


def test_refused_write_raises_origin_failed(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, CHUNKED), pytest.raises(OriginFailed, match="S3 returned 403"):
        bucket().write("a.webp", b"rendition", {}, deadline=Deadline.after(60))


def test_read_without_a_server_raises_origin_failed(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")

    with pytest.raises(OriginFailed):
        read(bucket())


def test_request_after_the_deadline_raises_origin_failed(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3_server(monkeypatch, raw_response(200, b"picture")) as requests:
        pictures, over = bucket(), Deadline.after(-1)
        with pytest.raises(OriginFailed, match="could not be read"):
            pictures.read("a.jpg", max_bytes=100, deadline=over)
        with pytest.raises(OriginFailed, match="could not be stored"):
            pictures.write("a.jpg", b"", {}, deadline=over)

    assert requests == []
