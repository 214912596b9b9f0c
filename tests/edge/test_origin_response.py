"""The handler on CloudFront's own dictionaries; S3 and Pillow behind it are real in tests/e2e."""

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.pictures import encode as encoded
from conformance.pictures import quadrants
from edge import origin_response
from edge.errors import OriginFailed
from edge.origin_response import handler
from edge.s3_client import Original

EVENT = json.loads((Path(__file__).parents[1] / "events" / "origin_response.json").read_text())
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


class FakeSource:
    def __init__(self, body: bytes | None) -> None:
        self.body = body

    def read(self, key: str, *, max_bytes: int) -> Original:
        if self.body is None:
            raise OriginFailed("The original could not be read.", detail="secret reason")
        return Original(body=self.body, etag="abc")


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> FakeSource:
    fake = FakeSource(encoded(quadrants(), "png"))
    monkeypatch.setattr(origin_response, "bucket_of", lambda name, region: fake)
    return fake


def event(query: str = "", *, method: str = "GET", status: int = 200, uri: str = "", **headers: str) -> dict[str, Any]:
    made = copy.deepcopy(EVENT)
    cf = made["Records"][0]["cf"]
    cf["request"].update(method=method, querystring=query, uri=uri or cf["request"]["uri"])
    cf["response"]["status"] = str(status)
    for name, value in headers.items():
        cf["response"]["headers"][name.replace("_", "-")] = [{"key": name, "value": value}]
    return made


def header(response: dict[str, Any], name: str) -> str | None:
    values = response["headers"].get(name)
    return values[0]["value"] if values else None


QUERY = "format=webp&height=20&width=30"


def test_a_rendition_replaces_body_and_headers(source: FakeSource) -> None:
    response = handler(event(QUERY), None)

    assert (response["status"], response["bodyEncoding"]) == ("200", "base64")
    assert base64.b64decode(response["body"])[8:12] == b"WEBP"
    assert header(response, "content-type") == "image/webp"
    assert header(response, "vary") == "accept"
    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"
    assert header(
        response,
        "etag",
    ).startswith('"abc-')
    assert "encode;dur=" in header(response, "server-timing")
    for gone in ("last-modified", "accept-ranges", "content-length", "x-amz-version-id"):
        assert header(response, gone) is None


def test_headers_are_changed_in_place_and_the_read_only_ones_stay(source: FakeSource) -> None:
    given = event(QUERY, transfer_encoding="chunked", via="1.1 x")
    headers = given["Records"][0]["cf"]["response"]["headers"]

    response = handler(given, None)

    assert response["headers"] is headers
    assert (header(response, "transfer-encoding"), header(response, "via")) == ("chunked", "1.1 x")


def test_an_explicit_format_that_auto_never_chooses_does_not_vary(source: FakeSource) -> None:
    assert header(handler(event("format=png&width=30"), None), "vary") is None


def test_the_etag_tells_renditions_apart(source: FakeSource) -> None:
    etags = {header(handler(event(f"format=original&width={width}"), None), "etag") for width in (8, 9)}

    assert len(etags) == 2


def test_without_a_query_the_original_passes_untouched_with_a_lifetime_and_its_tags(source: FakeSource) -> None:
    response = handler(event(), None)

    assert "body" not in response
    assert header(response, "etag") == '"9b2c"'
    assert header(response, "cache-control") == "public, max-age=3600, s-maxage=31536000"
    assert [tag.partition(":")[0] for tag in header(response, "cache-tag").split(",")] == ["key", "folder"]


def test_a_pass_through_never_imports_pillow() -> None:
    import subprocess
    import sys

    code = "import edge.origin_response, sys; sys.exit('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_uploaders_cache_control_counts(source: FakeSource) -> None:
    response = handler(event(QUERY, cache_control="max-age=60"), None)

    assert header(response, "cache-control") == "max-age=60"


def test_svg_scales_by_itself(source: FakeSource) -> None:
    source.body = SVG

    response = handler(event(QUERY, content_type="image/svg+xml"), None)

    assert "body" not in response
    assert header(response, "content-type") == "image/svg+xml"


def test_a_304_is_left_as_it_is(source: FakeSource) -> None:
    response = handler(event(QUERY, status=304), None)

    assert (response["status"], "body" in response) == ("304", False)


def test_a_206_of_a_rendition_becomes_the_whole_rendition(source: FakeSource) -> None:
    response = handler(event(QUERY, status=206, content_range="bytes 0-9/99"), None)

    assert (response["status"], header(response, "content-range")) == ("200", None)


def test_head_has_the_headers_of_the_get_and_no_body(source: FakeSource) -> None:
    got = handler(event(QUERY), None)
    head = handler(event(QUERY, method="HEAD"), None)

    assert "body" not in head
    assert header(head, "content-length") == str(len(base64.b64decode(got["body"])))
    assert header(head, "etag") == header(got, "etag")


@pytest.mark.parametrize(
    ("given", "status", "detail"),
    [
        (event(QUERY, status=403), 404, "There is no original of this name."),
        (event(status=404), 404, "There is no original of this name."),
        (event(status=503), 502, "The original could not be read."),
        (event("format=webp&width=0"), 400, "width accepts"),
        (event("format=webp&width=4097"), 400, "width accepts a whole number from 1 to 4096"),
        (event("width=9&format=webp"), 400, "canonical"),
        (event("acl"), 400, "not a parameter"),
        (event(QUERY, content_length="999999999"), 413, "bytes"),
    ],
)
def test_errors_are_problems_with_a_short_life_and_tags(
    source: FakeSource, given: dict[str, Any], status: int, detail: str
) -> None:
    response = handler(given, None)

    problem = json.loads(base64.b64decode(response["body"]))
    assert response["status"] == str(problem["status"]) == str(status)
    assert detail in problem["detail"]
    assert header(response, "content-type") == "application/problem+json"
    assert int(header(response, "cache-control").rpartition("=")[2]) <= 60
    assert header(response, "cache-tag")


@pytest.mark.parametrize(("body", "status"), [(b"plain text", "415"), (None, "502")])
def test_details_go_to_the_log_and_never_to_the_viewer(
    source: FakeSource, capsys: pytest.CaptureFixture[str], body: bytes | None, status: str
) -> None:
    source.body = body

    response = handler(event(QUERY), None)

    line = json.loads(capsys.readouterr().out)
    assert response["status"] == status
    assert line["detail"]
    assert "secret" not in base64.b64decode(response["body"]).decode()


def test_what_nobody_foresaw_is_a_500(source: FakeSource, capsys: pytest.CaptureFixture[str]) -> None:
    source.read = lambda key, max_bytes: 1 / 0  # type: ignore[method-assign]

    response = handler(event(QUERY), None)

    assert response["status"] == "500"
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_one_line_of_json_is_logged_without_the_viewers_address(
    source: FakeSource, capsys: pytest.CaptureFixture[str]
) -> None:
    handler(event(QUERY), None)

    out = capsys.readouterr().out
    line = json.loads(out)
    assert out.count("\n") == 1
    assert {"request", "key", "query", "status", "bytes_in", "bytes_out", "ms", "cold"} <= line.keys()
    assert "203.0.113.178" not in out


def test_settings_that_are_not_understood_are_a_500_that_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    given = event(QUERY)
    custom = given["Records"][0]["cf"]["request"]["origin"]["s3"]["customHeaders"]
    custom["x-image-settings"][0]["value"] = '{"bucket": 7}'

    response = handler(given, None)

    out = capsys.readouterr().out
    assert response["status"] == "500"
    assert "bucket is 7" in out
    assert "cdn_ttl is None" in out
