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
from collections.abc import Callable
from typing import Any

import pytest

from conformance.pictures import encode, quadrants
from edge import isolated_render, origin_response
from edge.child_process import ChildProcess, ChildTimedOut
from edge.errors import OriginFailed
from edge.origin_response import handler
from edge.s3_client import Original
from tests.support.edge_events import origin_event as event

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


class SameProcess(contextlib.nullcontext[Any]):
    """A stand-in for ChildProcess that calls the function in this process."""

    def __init__(self, function: Callable[[bytes], bytes], **limits: Any) -> None:
        super().__init__(self)
        self.call = function


class FakeBucket:
    def __init__(self, body: bytes | None) -> None:
        self.body = body
        self.etag = "abc"

    def read(self, key: str, *, max_bytes: int) -> Original:
        if self.body is None:
            raise OriginFailed("The original could not be read.", detail="secret reason")
        return Original(body=self.body, etag=self.etag)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> FakeBucket:
    fake = FakeBucket(encode(quadrants(), "png"))
    monkeypatch.setattr(origin_response, "open_bucket", lambda name, region: fake)
    monkeypatch.setattr(isolated_render, "ChildProcess", SameProcess)
    return fake


def header(response: dict[str, Any], name: str) -> str | None:
    values = response["headers"].get(name)
    return values[0]["value"] if values else None


QUERY = "format=webp&height=20&width=30"


def test_rendition_replaces_body_and_headers(bucket: FakeBucket) -> None:
    response = handler(event(QUERY), None)

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

    response = handler(origin_event, None)

    assert response["headers"] is headers
    assert (header(response, "transfer-encoding"), header(response, "via")) == ("chunked", "1.1 x")


def test_format_that_auto_never_selects_has_no_vary_header(bucket: FakeBucket) -> None:
    assert header(handler(event("format=png&width=30"), None), "vary") is None


def test_different_renditions_have_different_etags(bucket: FakeBucket) -> None:
    etags = {header(handler(event(f"format=original&width={width}"), None), "etag") for width in (8, 9)}

    assert len(etags) == 2


def test_request_without_a_query_passes_the_original_through(bucket: FakeBucket) -> None:
    response = handler(event(), None)

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
    response = handler(event(QUERY, cache_control="private, max-age=60"), None)

    assert header(response, "cache-control") == "private, max-age=60, stale-if-error=0"


def test_rendition_ignores_no_cache_of_its_original(bucket: FakeBucket) -> None:
    response = handler(event(QUERY, cache_control="no-cache"), None)

    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"


def test_svg_is_passed_through(bucket: FakeBucket) -> None:
    bucket.body = SVG

    response = handler(event(QUERY, content_type="image/svg+xml"), None)

    assert "body" not in response
    assert header(response, "content-type") == "image/svg+xml"
    assert re.fullmatch(r'"9b2c-[0-9a-f]{8}"', header(response, "etag") or "")


def test_range_of_an_original_has_the_etag_of_the_whole(bucket: FakeBucket) -> None:
    part = handler(event(status=206, content_range="bytes 0-9/99"), None)

    assert (part["status"], header(part, "content-range")) == ("206", "bytes 0-9/99")
    assert header(part, "etag") == header(handler(event(), None), "etag")


def test_304_for_an_original_is_passed_through(bucket: FakeBucket) -> None:
    response = handler(event(status=304), None)

    assert (response["status"], "body" in response) == ("304", False)


@pytest.mark.parametrize("status", [206, 304, 412, 416])
def test_status_about_the_original_does_not_reach_a_rendition(bucket: FakeBucket, status: int) -> None:
    response = handler(event(QUERY, status=status), None)

    assert (response["status"], header(response, "content-type")) == ("200", "image/webp")


def test_206_becomes_the_complete_rendition(bucket: FakeBucket) -> None:
    response = handler(event(QUERY, status=206, content_range="bytes 0-9/99"), None)

    assert (response["status"], header(response, "content-range")) == ("200", None)


def test_head_has_the_headers_of_get_and_no_body(bucket: FakeBucket) -> None:
    bucket.etag = "9b2c"
    get = handler(event(QUERY), None)
    head = handler(event(QUERY, method="HEAD"), None)

    assert "body" not in head
    assert header(head, "content-length") is None
    for name in ("etag", "cache-control", "content-type", "vary", "cache-tag"):
        assert header(head, name) == header(get, name)


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
    response = handler(origin_event, None)

    problem = json.loads(base64.b64decode(response["body"]))
    assert response["status"] == str(problem["status"]) == str(status)
    assert detail in problem["detail"]
    assert header(response, "content-type") == "application/problem+json"
    assert int(header(response, "cache-control").rpartition("=")[2]) <= 60
    assert header(response, "etag") is None
    assert header(response, "cache-tag")


@pytest.mark.parametrize(("body", "status"), [(b"plain text", "415"), (None, "502")], ids=["not an image", "S3 failed"])
def test_detail_of_an_error_is_logged_and_not_sent(
    bucket: FakeBucket, capsys: pytest.CaptureFixture[str], body: bytes | None, status: str
) -> None:
    bucket.body = body

    response = handler(event(QUERY), None)

    line = json.loads(capsys.readouterr().out)
    assert response["status"] == status
    assert line["detail"]
    assert "secret" not in base64.b64decode(response["body"]).decode()


def test_render_beyond_its_time_is_a_problem_that_is_cached(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: ChildProcess, data: bytes) -> bytes:
        raise ChildTimedOut("too late")

    monkeypatch.setattr(isolated_render, "ChildProcess", ChildProcess)
    monkeypatch.setattr(ChildProcess, "call", fail)

    response = handler(event(QUERY), None)

    problem = json.loads(base64.b64decode(response["body"]))
    assert problem["detail"] == "Rendering the original takes more than 12 seconds."
    assert header(response, "cache-control") == "public, max-age=60"


def test_unexpected_exception_in_a_render_is_logged_with_its_traceback(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(isolated_render, "render", lambda *_, **limits: 1 / 0)

    response = handler(event(QUERY), None)

    assert response["status"] == "500"
    assert "line" in json.loads(capsys.readouterr().out)["detail"]


def test_unexpected_exception_returns_500(bucket: FakeBucket, capsys: pytest.CaptureFixture[str]) -> None:
    bucket.read = lambda key, max_bytes: 1 / 0  # type: ignore[method-assign]

    response = handler(event(QUERY), None)

    assert response["status"] == "500"
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_one_line_is_logged_without_the_address_of_the_viewer(
    bucket: FakeBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    handler(event(QUERY), None)

    out = capsys.readouterr().out
    line = json.loads(out)
    assert out.count("\n") == 1
    assert {"request", "key", "query", "status", "bytes_in", "bytes_out", "ms", "cold"} <= line.keys()
    assert "203.0.113.178" not in out


def test_event_without_optional_parts_is_answered(bucket: FakeBucket) -> None:
    """Under origin access control, the event of CloudFront can lack the Region of the origin."""
    origin_event = event(QUERY)
    cf = origin_event["Records"][0]["cf"]
    settings = cf["request"]["origin"]["s3"]["customHeaders"]
    cf["request"]["origin"] = {"s3": {"customHeaders": settings}}
    cf["response"]["headers"] = {}
    del cf["config"]

    response = handler(origin_event, None)

    assert (response["status"], header(response, "content-type")) == ("200", "image/webp")


def test_wrong_settings_return_500_and_their_names_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    origin_event = event(QUERY)
    custom = origin_event["Records"][0]["cf"]["request"]["origin"]["s3"]["customHeaders"]
    custom["x-image-settings"][0]["value"] = '{"bucket": 7}'

    response = handler(origin_event, None)

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
    response = handler(copy.deepcopy(origin_event), None)

    out = capsys.readouterr().out
    problem = json.loads(base64.b64decode(response["body"]))
    assert (response["status"], problem["status"]) == ("500", 500)
    assert header(response, "cache-control") == "public, max-age=1"
    assert out.count("\n") == 1
    assert "Traceback" in json.loads(out)["detail"]


def test_unreadable_event_never_returns_the_original_or_its_metadata(bucket: FakeBucket) -> None:
    """CloudFront refuses a response from which the function has removed `via` or `transfer-encoding`."""
    origin_event = event(QUERY, via="1.1 x", transfer_encoding="chunked", x_amz_meta_owner="alice")
    origin_event["Records"][0]["cf"]["response"]["status"] = "unknown"

    response = handler(origin_event, None)

    assert json.loads(base64.b64decode(response["body"]))["status"] == 500
    assert response["headers"].keys() == {
        *("cache-control", "content-type", "server", "transfer-encoding", "via"),
    }


@pytest.mark.parametrize("name", ["cache_tags", "log"])
def test_exception_after_the_render_returns_500_and_is_logged(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(origin_response, name, lambda *_, **values: 1 / 0)

    response = handler(event(QUERY), None)

    assert response["status"] == "500"
    assert header(response, "content-type") == "application/problem+json"
    assert header(response, "etag") is None
    assert "ZeroDivisionError" in json.loads(capsys.readouterr().out)["detail"]


@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("closed")], ids=["broken", "closed"])
def test_log_that_cannot_be_written_does_not_change_the_response(
    bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Unwritable(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    monkeypatch.setattr("sys.stdout", Unwritable())

    assert handler(event(QUERY), None)["status"] == "200"
    assert handler({}, None)["status"] == "500"
