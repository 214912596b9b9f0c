"""The handler with an event in CloudFront's format and a fake bucket. tests/e2e runs the handler with an S3 server.

Here, the handler renders in the process of the tests. libvips does not work in a child process that was forked from a
process which has already used libvips, as other tests have.
"""

import base64
import contextlib
import copy
import io
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.pictures import encode, quadrants
from edge import isolated_render, origin_response
from edge.child_process import ChildProcess, ChildTimedOut
from edge.deadline import Deadline
from edge.errors import OriginFailed
from edge.s3_client import Bucket, Original
from tests.support.edge_events import origin_event as event
from tests.support.raw_server import serve_raw
from tests.support.slow_server import serve_slowly

RENDERER = isolated_render.ChildProcess
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


class SameProcess(contextlib.nullcontext[Any]):
    """A stand-in for ChildProcess that calls the function in this process."""

    def __init__(self, function: Callable[[bytes], bytes], **limits: Any) -> None:
        super().__init__(self)
        self._function = function

    def call(self, original: bytes, *, seconds: float) -> bytes:
        return self._function(original)


class FakeBucket:
    def __init__(self, body: bytes | None) -> None:
        self.body = body
        self.etag = "abc"

    def read(self, key: str, *, max_bytes: int, deadline: Deadline) -> Original:
        if self.body is None:
            raise OriginFailed("The original could not be read.", detail="secret reason")
        return Original(body=self.body, etag=self.etag)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> FakeBucket:
    fake = FakeBucket(encode(quadrants(), "png"))
    monkeypatch.setattr(origin_response, "open_bucket", lambda name, region: fake)
    monkeypatch.setattr(isolated_render, "ChildProcess", SameProcess)
    return fake


def respond(origin_event: dict[str, Any], *, seconds: float = 20) -> dict[str, Any]:
    """Return the response of the handler, which gets this number of seconds from Lambda."""
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: int(seconds * 1000))
    return origin_response.handler(origin_event, context)


def header(response: dict[str, Any], name: str) -> str | None:
    values = response["headers"].get(name)
    return values[0]["value"] if values else None


QUERY = "format=webp&height=20&width=30"


def test_rendition_replaces_body_and_headers(bucket: FakeBucket) -> None:
    response = respond(event(QUERY))

    assert (response["status"], response["bodyEncoding"]) == ("200", "base64")
    assert base64.b64decode(response["body"])[8:12] == b"WEBP"
    assert header(response, "content-type") == "image/webp"
    assert header(response, "vary") == "accept"
    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"
    assert header(response, "etag").startswith('"abc-')
    assert "encode;dur=" in header(response, "server-timing")
    for name in ("last-modified", "accept-ranges", "content-length", "x-amz-version-id"):
        assert header(response, name) is None


def test_headers_are_changed_in_place_and_keep_read_only_headers(bucket: FakeBucket) -> None:
    origin_event = event(QUERY, transfer_encoding="chunked", via="1.1 x")
    headers = origin_event["Records"][0]["cf"]["response"]["headers"]

    response = respond(origin_event)

    assert response["headers"] is headers
    assert (header(response, "transfer-encoding"), header(response, "via")) == ("chunked", "1.1 x")


def test_format_that_auto_never_selects_has_no_vary_header(bucket: FakeBucket) -> None:
    assert header(respond(event("format=png&width=30")), "vary") is None


def test_different_renditions_have_different_etags(bucket: FakeBucket) -> None:
    etags = {header(respond(event(f"format=original&width={width}")), "etag") for width in (8, 9)}

    assert len(etags) == 2


def test_request_without_a_query_passes_the_original_through(bucket: FakeBucket) -> None:
    response = respond(event())

    assert "body" not in response
    assert re.fullmatch(r'"9b2c-[0-9a-f]{8}"', header(response, "etag") or "")
    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"
    assert [tag.partition(":")[0] for tag in header(response, "cache-tag").split(",")] == ["key", "folder"]


def test_import_of_the_handler_imports_no_imaging_library() -> None:
    import subprocess
    import sys

    code = "import edge.origin_response, sys; sys.exit(bool({'PIL', '_libvips'} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_rendition_of_a_private_original_is_private(bucket: FakeBucket) -> None:
    response = respond(event(QUERY, cache_control="private, max-age=60"))

    assert header(response, "cache-control") == "private, max-age=60, stale-if-error=0"


def test_rendition_ignores_no_cache_of_its_original(bucket: FakeBucket) -> None:
    response = respond(event(QUERY, cache_control="no-cache"))

    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"


def test_svg_is_passed_through(bucket: FakeBucket) -> None:
    bucket.body = SVG

    response = respond(event(QUERY, content_type="image/svg+xml"))

    assert "body" not in response
    assert header(response, "content-type") == "image/svg+xml"
    assert re.fullmatch(r'"9b2c-[0-9a-f]{8}"', header(response, "etag") or "")


def test_range_of_an_original_has_the_etag_of_the_whole(bucket: FakeBucket) -> None:
    part = respond(event(status=206, content_range="bytes 0-9/99"))

    assert (part["status"], header(part, "content-range")) == ("206", "bytes 0-9/99")
    assert header(part, "etag") == header(respond(event()), "etag")


def test_304_for_an_original_is_passed_through(bucket: FakeBucket) -> None:
    response = respond(event(status=304))

    assert (response["status"], "body" in response) == ("304", False)


@pytest.mark.parametrize("status", [206, 304, 412, 416])
def test_status_about_the_original_does_not_reach_a_rendition(bucket: FakeBucket, status: int) -> None:
    response = respond(event(QUERY, status=status))

    assert (response["status"], header(response, "content-type")) == ("200", "image/webp")


def test_206_becomes_the_complete_rendition(bucket: FakeBucket) -> None:
    response = respond(event(QUERY, status=206, content_range="bytes 0-9/99"))

    assert (response["status"], header(response, "content-range")) == ("200", None)


def test_head_has_the_headers_of_get_and_no_body(bucket: FakeBucket) -> None:
    bucket.etag = "9b2c"
    get = respond(event(QUERY))
    head = respond(event(QUERY, method="HEAD"))

    assert "body" not in head
    for name in ("etag", "cache-control", "vary", "cache-tag"):
        assert header(head, name) == header(get, name)
    for name in ("content-length", "content-type", "server-timing"):
        assert header(head, name) is None


@pytest.mark.parametrize("query", [QUERY, "format=original&width=9"])
def test_head_of_an_svg_names_no_other_type_and_the_etag_of_get(bucket: FakeBucket, query: str) -> None:
    bucket.body, bucket.etag = SVG, "9b2c"

    get = respond(event(query, content_type="image/svg+xml"))
    head = respond(event(query, content_type="image/svg+xml", method="HEAD"))

    assert header(get, "content-type") == "image/svg+xml"
    assert header(head, "content-type") is None
    assert header(head, "etag") == header(get, "etag")


TTLS = {400: 60, 404: 10, 415: 60, 502: 1}
"""The seconds for which caches may keep an error, by status, as docs/request.md promises."""


@pytest.mark.parametrize(
    ("origin_event", "status", "detail"),
    [
        (event(QUERY, status=403), 404, "There is no original of this name."),
        (event(status=404), 404, "There is no original of this name."),
        (event(status=503), 502, "The original could not be read."),
        (event("format=webp&width=0"), 400, "width accepts"),
        (event("format=webp&width=4097"), 400, "width accepts a whole number from 1 to 4096"),
        (event("width=9&format=webp"), 400, "canonical"),
        (event("acl"), 400, "not a parameter"),
        (event(QUERY, content_length="999999999"), 415, "bytes"),
    ],
    ids=[
        "S3 returned 403",
        "S3 returned 404",
        "S3 returned 503",
        "width of 0",
        "width beyond the stack's limit",
        "parameters in another order",
        "unknown parameter",
        "too many bytes",
    ],
)
def test_error_is_a_problem_document_with_short_ttl_and_cache_tags(
    bucket: FakeBucket, origin_event: dict[str, Any], status: int, detail: str
) -> None:
    response = respond(origin_event)

    problem = json.loads(base64.b64decode(response["body"]))
    assert response["status"] == str(problem["status"]) == str(status)
    assert detail in problem["detail"]
    assert header(response, "content-type") == "application/problem+json"
    assert header(response, "cache-control") == f"public, max-age={TTLS[status]}"
    assert header(response, "etag") is None
    assert header(response, "cache-tag")


@pytest.mark.parametrize(("body", "status"), [(b"plain text", "415"), (None, "502")], ids=["not an image", "S3 failed"])
def test_detail_of_an_error_is_logged_and_not_sent(
    bucket: FakeBucket, capsys: pytest.CaptureFixture[str], body: bytes | None, status: str
) -> None:
    bucket.body = body

    response = respond(event(QUERY))

    line = json.loads(capsys.readouterr().out)
    assert response["status"] == status
    assert line["detail"]
    assert "secret" not in base64.b64decode(response["body"]).decode()


def test_render_beyond_its_time_is_a_problem_that_is_cached(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: ChildProcess, data: bytes, **_: Any) -> bytes:
        raise ChildTimedOut("too late")

    monkeypatch.setattr(isolated_render, "ChildProcess", RENDERER)
    monkeypatch.setattr(ChildProcess, "call", fail)

    response = respond(event(QUERY))

    problem = json.loads(base64.b64decode(response["body"]))
    assert problem["detail"] == "Rendering the original takes more than 12 seconds."
    assert header(response, "cache-control") == "public, max-age=60"


PICTURE = encode(quadrants(), "png")
READ = f'HTTP/1.1 200 OK\r\nETag: "abc"\r\nContent-Length: {len(PICTURE)}\r\n\r\n'.encode() + PICTURE


@pytest.fixture
def s3(bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return a function that lets the handler use the S3 server at this port."""
    buckets: list[Bucket] = []

    def open_bucket(name: str, region: str) -> Bucket:
        buckets.append(Bucket(name, region))
        return buckets[-1]

    def use(port: int) -> None:
        monkeypatch.setattr(origin_response, "open_bucket", open_bucket)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    yield use
    for opened in buckets:
        opened.close()


def respond_before_lambda_ends(origin_event: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """Return the response. Raises TimeoutError if Lambda would have ended the function before it responded."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(respond, origin_event, seconds=seconds).result(timeout=seconds)


def test_slow_read_is_a_problem_before_lambda_ends_the_function(s3: Callable[[int], None]) -> None:
    with serve_slowly(READ) as port:
        s3(port)
        response = respond_before_lambda_ends(event(QUERY), seconds=2)

    problem = json.loads(base64.b64decode(response["body"]))
    assert (problem["status"], problem["detail"]) == (502, "The original could not be read.")
    assert header(response, "cache-control") == "public, max-age=1"


def test_slow_store_is_a_problem_before_lambda_ends_the_function(
    s3: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server answers the read, and never the write."""
    monkeypatch.setattr(origin_response, "_MAX_BODY", 10)
    with serve_raw(READ, b"") as server:
        s3(server.port)
        response = respond_before_lambda_ends(event("format=png&width=30"), seconds=3)

    problem = json.loads(base64.b64decode(response["body"]))
    assert (problem["status"], problem["detail"]) == (502, "The rendition could not be stored.")
    assert header(response, "cache-control") == "public, max-age=1"


def test_unexpected_exception_in_a_render_is_logged_with_its_traceback(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(isolated_render, "render", lambda *_, **limits: 1 / 0)

    response = respond(event(QUERY))

    assert response["status"] == "500"
    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["reason"]) == ("failed", "unexpected")
    assert line["detail"] == "Something went wrong. (ZeroDivisionError('division by zero'))"
    assert "Traceback" in line["traceback"]


def test_unexpected_exception_returns_500(bucket: FakeBucket, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.read = lambda key, **limits: 1 / 0  # type: ignore[method-assign]

    response = respond(event(QUERY))

    line = json.loads(capsys.readouterr().out)
    assert response["status"] == "500"
    assert (line["outcome"], line["reason"], line["query"]) == ("failed", "unexpected", QUERY)
    assert "ZeroDivisionError" in line["traceback"]


def test_one_line_is_logged_without_the_address_of_the_viewer(
    bucket: FakeBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    respond(event(QUERY))

    out = capsys.readouterr().out
    line = json.loads(out)
    assert out.count("\n") == 1
    assert line.keys() == {
        *("request", "outcome", "key", "query", "method", "status", "origin_status", "bytes_in", "bytes_out"),
        *("pixels_in", "pixels_out", "format_in", "format_out", "quality", "quality_steps", "ms", "cold", "pipeline"),
    }
    assert "203.0.113.178" not in out


def test_event_without_optional_parts_is_answered(bucket: FakeBucket) -> None:
    """Under origin access control, the event of CloudFront can lack the Region of the origin."""
    origin_event = event(QUERY)
    cf = origin_event["Records"][0]["cf"]
    settings = cf["request"]["origin"]["s3"]["customHeaders"]
    cf["request"]["origin"] = {"s3": {"customHeaders": settings}}
    cf["response"]["headers"] = {}
    del cf["config"]

    response = respond(origin_event)

    assert (response["status"], header(response, "content-type")) == ("200", "image/webp")


def test_wrong_settings_return_500_and_their_names_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    origin_event = event(QUERY)
    custom = origin_event["Records"][0]["cf"]["request"]["origin"]["s3"]["customHeaders"]
    custom["x-image-settings"][0]["value"] = '{"bucket": 7}'

    response = respond(origin_event)

    out = capsys.readouterr().out
    assert response["status"] == "500"
    assert "bucket is 7" in out
    assert "cdn_ttl is None" in out


UNREADABLE_EVENTS = {
    "no record": {},
    "no response": {"Records": [{"cf": {"request": {"uri": "/a.png"}}}]},
    "no path": {"Records": [{"cf": {"request": {}, "response": {"status": "200", "headers": {}}}}]},
    "no list of records": {"Records": None},
}


@pytest.mark.parametrize("origin_event", UNREADABLE_EVENTS.values(), ids=UNREADABLE_EVENTS)
def test_unreadable_event_returns_500_and_logs_one_line(
    origin_event: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    response = respond(copy.deepcopy(origin_event))

    out = capsys.readouterr().out
    problem = json.loads(base64.b64decode(response["body"]))
    assert (response["status"], problem["status"]) == ("500", 500)
    assert header(response, "cache-control") == "public, max-age=1"
    line = json.loads(out)
    assert out.count("\n") == 1
    assert (line["outcome"], line["reason"]) == ("failed", "unexpected")
    assert "Traceback" in line["traceback"]


def test_unreadable_event_never_returns_the_original_or_its_metadata(bucket: FakeBucket) -> None:
    """CloudFront refuses a response from which the function has removed `via` or `transfer-encoding`."""
    origin_event = event(QUERY, via="1.1 x", transfer_encoding="chunked", x_amz_meta_owner="alice")
    origin_event["Records"][0]["cf"]["response"]["status"] = "unknown"

    response = respond(origin_event)

    assert json.loads(base64.b64decode(response["body"]))["status"] == 500
    assert response["headers"].keys() == {
        *("cache-control", "content-type", "server", "transfer-encoding", "via"),
    }


@pytest.mark.parametrize("name", ["cache_tags", "log"])
def test_exception_after_the_render_returns_500_and_is_logged(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(origin_response, name, lambda *_, **values: 1 / 0)
    origin_event = event(QUERY)

    response = respond(origin_event)

    assert response["status"] == "500"
    assert header(response, "content-type") == "application/problem+json"
    assert header(response, "etag") is None
    line = json.loads(capsys.readouterr().out)
    assert "ZeroDivisionError" in line["traceback"]
    assert line["request"] == origin_event["Records"][0]["cf"]["config"]["requestId"]


@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("closed")], ids=["broken", "closed"])
def test_log_that_cannot_be_written_does_not_change_the_response(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Unwritable(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    monkeypatch.setattr("sys.stdout", Unwritable())

    assert respond(event(QUERY))["status"] == "200"
    assert respond({})["status"] == "500"
