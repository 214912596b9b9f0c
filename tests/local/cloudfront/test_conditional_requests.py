import pytest

from local.cloudfront.conditional_requests import apply_conditional_headers
from local.cloudfront.messages import Response

MODIFIED = "Sat, 21 Nov 2026 08:00:00 GMT"
HEADERS = {"etag": '"a"', "last-modified": MODIFIED, "content-length": "10"}
CACHED = Response(status=200, headers=HEADERS, body=b"0123456789")


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        pytest.param({}, 200, b"0123456789", id="no condition"),
        pytest.param({"if-none-match": '"a"'}, 304, b"", id="same ETag"),
        pytest.param({"if-none-match": '"b"'}, 200, b"0123456789", id="another ETag"),
        pytest.param({"if-modified-since": MODIFIED}, 304, b"", id="not modified"),
        pytest.param({"range": "bytes=2-4"}, 206, b"234", id="range"),
        pytest.param({"range": "bytes=-3"}, 206, b"789", id="last bytes"),
        pytest.param({"range": "bytes=10-"}, 416, b"", id="range after the end"),
        pytest.param({"range": "bytes=0-1,4-5"}, 200, b"0123456789", id="several ranges"),
        pytest.param({"range": "bytes=0-1", "if-range": '"a"'}, 206, b"01", id="range of the same ETag"),
        pytest.param({"range": "bytes=0-1", "if-range": '"b"'}, 200, b"0123456789", id="range of another ETag"),
    ],
)
def test_cached_response_follows_the_conditional_headers(headers: dict[str, str], status: int, body: bytes) -> None:
    response = apply_conditional_headers(CACHED, headers)

    assert (response.status, response.body) == (status, body)


def test_partial_response_names_its_range() -> None:
    assert apply_conditional_headers(CACHED, {"range": "bytes=2-4"}).headers["content-range"] == "bytes 2-4/10"


def test_error_is_not_conditional() -> None:
    error = Response(status=404, headers=HEADERS, body=b"x")

    assert apply_conditional_headers(error, {"if-none-match": '"a"'}) == error
