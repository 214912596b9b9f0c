import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from edge.errors import ImageError, NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.s3_client import Bucket

MakeBucket = Callable[[], Bucket]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch, *answers: bytes, keep: bool = False) -> Iterator[list[bytes]]:
    """A server of raw answers, one connection each unless they are kept; the requests that it saw."""
    seen: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        left = list(answers)
        while left:
            connection, _ = listener.accept()
            with connection:
                while left:
                    data = connection.recv(65536)
                    if not data:
                        break
                    seen.append(data)
                    connection.sendall(left.pop(0))
                    if not keep:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        listener.close()
        thread.join(5)


def answer(status: int, body: bytes, length: int | None = None) -> bytes:
    head = f'HTTP/1.1 {status} X\r\nETag: "abc"\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n'
    return head.encode() + body


@pytest.fixture
def bucket() -> Iterator[MakeBucket]:
    """Made late: it reads where S3 is from the environment."""
    made: list[Bucket] = []

    def make() -> Bucket:
        made.append(Bucket("pictures", "eu-west-1"))
        return made[-1]

    yield make
    for each in made:
        each.close()


def read(bucket: Bucket) -> bytes:
    return bucket.read("a b.jpg", max_bytes=100).body


def test_the_originals_bytes_and_etag_come_from_one_signed_get(
    monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket
) -> None:
    with s3(monkeypatch, answer(200, b"picture")) as seen:
        original = bucket().read("a b+é.jpg", max_bytes=100)

    assert (original.body, original.etag) == (b"picture", "abc")
    assert seen[0].startswith(b"GET /pictures/a%20b%2B%C3%A9.jpg HTTP/1.1\r\n")
    assert b"authorization: AWS4-HMAC-SHA256" in seen[0]


def test_the_connection_is_kept(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3(monkeypatch, answer(200, b"one"), answer(200, b"two"), keep=True):
        kept = bucket()

        assert (read(kept), read(kept)) == (b"one", b"two")


def test_a_kept_connection_that_died_is_replaced(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with s3(monkeypatch, answer(200, b"one"), answer(200, b"two")):
        kept = bucket()

        assert (read(kept), read(kept)) == (b"one", b"two")


@pytest.mark.parametrize("first", [b"", answer(503, b"slow down"), answer(200, b"half", length=8)])
def test_one_retry_gets_over_a_failure(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket, first: bytes) -> None:
    with s3(monkeypatch, first, answer(200, b"picture")):
        assert read(bucket()) == b"picture"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((b"", b""), OriginFailed),
        ((answer(500, b"sorry"), answer(500, b"sorry")), OriginFailed),
        ((answer(403, b"<Code>AccessDenied</Code>"),), OriginFailed),
        ((answer(404, b"<Code>NoSuchKey</Code>"),), NoSuchOriginal),
        ((answer(200, b"x" * 101),), OriginalTooLarge),
        ((answer(200, b"half", length=8), answer(200, b"half", length=8)), OriginFailed),
    ],
)
def test_every_failure_is_one_of_our_errors(
    monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket, answers: tuple[bytes, ...], error: type[ImageError]
) -> None:
    with s3(monkeypatch, *answers), pytest.raises(error) as raised:
        read(bucket())

    assert "AccessDenied" not in raised.value.public


def test_an_s3_that_is_not_there_is_an_origin_that_failed(monkeypatch: pytest.MonkeyPatch, bucket: MakeBucket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")

    with pytest.raises(OriginFailed):
        read(bucket())


def test_on_aws_the_bucket_is_part_of_the_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)

    bucket = Bucket("pictures", "eu-west-1")

    assert (bucket._host, bucket._prefix) == ("pictures.s3.eu-west-1.amazonaws.com", "")
