"""The events that the edge function reads, and the headers of S3 that it removes from responses.

The edge function encodes and decodes keys without urllib.parse, and must agree with it.
"""

from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.contract import encode_key
from edge.event import Request, Response
from tests.support.edge_events import edge_request, origin_event

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
METADATA = {
    "x_amz_id_2": "x",
    "x_amz_meta_owner": "alice",
    "x_amz_object_lock_mode": "GOVERNANCE",
    "x_amz_replication_status": "COMPLETED",
    "x_amz_restore": 'ongoing-request="false"',
    "x_amz_tagging_count": "2",
    "x_amz_website_redirect_location": "/secret",
    "x_amz_header_of_the_future": "1",
}
"""Headers with which S3 describes an object."""
DESCRIPTION = {
    "content_disposition": 'attachment; filename="alice.png"',
    "content_encoding": "gzip",
    "content_language": "de",
    "content_range": "bytes 0-9/99",
    "expires": "Tue, 03 Nov 2026 10:00:00 GMT",
}
"""Headers with which an uploader describes the body of an original, and the range of this body."""


def key_of_path(path: str) -> str:
    return edge_request(uri=path).key


def sent_headers(event: Any, response: Response) -> dict[str, str]:
    """Return the headers of the response that the function returns for this event."""
    return {name: values[0]["value"] for name, values in response.apply_to(event)["headers"].items()}


@given(texts)
def test_key_is_encoded_as_urllib_encodes_it(key: str) -> None:
    assert encode_key(key) == quote(key, safe="/-._~")


@given(texts)
def test_encoded_key_is_decoded_to_the_same_key(key: str) -> None:
    assert key_of_path(f"/{encode_key(key)}") == key


@given(st.one_of(texts, st.from_regex(r"(%[0-9A-Fa-f]{2}|%|é|[a-z])*", fullmatch=True)))
@example("100%.jpg")
@example("%C3é%A9%ff%2")
@example("%25%32%35")
def test_any_path_is_decoded_as_urllib_decodes_it(path: str) -> None:
    assert key_of_path(f"/{path}") == unquote(path, errors="replace")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("body", [None, b"rendition"], ids=["body of S3", "another body"])
@pytest.mark.parametrize("status", [200, 206, 304, 404, 416])
def test_metadata_of_the_object_never_reaches_viewers(status: int, body: bytes | None, method: str) -> None:
    headers = sent_headers(origin_event(method=method, status=status, **METADATA), Response(headers={}, body=body))

    assert [name for name in headers if name.startswith("x-amz-")] == []


def test_cache_tags_of_a_stored_rendition_are_read_before_removal() -> None:
    event = origin_event(x_amz_meta_cache_tag="key:1")

    assert Request.parse(event).stored_tags == "key:1"
    assert "x-amz-meta-cache-tag" not in sent_headers(event, Response(headers={}))


@pytest.mark.parametrize("status", [200, 302, 404], ids=["rendition", "redirect", "problem document"])
def test_other_body_has_no_header_that_describes_the_original(status: int) -> None:
    event = origin_event(**DESCRIPTION, via="1.1 x", transfer_encoding="chunked")

    headers = sent_headers(event, Response(status=status, body=b"x", headers={"content-type": "text/plain"}))

    assert headers == {
        "content-type": "text/plain",
        "server": "AmazonS3",
        "transfer-encoding": "chunked",
        "via": "1.1 x",
    }


def test_original_keeps_the_headers_that_describe_it() -> None:
    headers = sent_headers(origin_event(**DESCRIPTION), Response(headers={"etag": '"own"'}))

    assert {name.replace("_", "-"): value for name, value in DESCRIPTION.items()}.items() <= headers.items()
    assert (headers["content-type"], headers["etag"]) == ("image/png", '"own"')


def test_response_to_head_has_no_body_and_no_length_of_another_body() -> None:
    event = origin_event(method="HEAD")

    response = Response(headers={}, body=b"rendition").apply_to(event)

    assert "body" not in response
    assert "content-length" not in response["headers"]


def test_event_with_only_its_required_parts_is_read() -> None:
    event = {"Records": [{"cf": {"request": {"uri": "/a.png"}, "response": {"status": "200"}}}]}

    request = Request.parse(event)

    assert (request.key, request.query, request.settings, request.etag, request.length) == ("a.png", "", "", "", 0)
    assert sent_headers(event, Response(headers={"etag": '"own"'})) == {"etag": '"own"'}


@pytest.mark.parametrize("kind", ["s3", "custom"])
def test_settings_are_read_from_either_kind_of_origin(kind: str) -> None:
    """Under origin access control, the event of CloudFront can lack the Region of the origin."""
    event = origin_event()
    request = event["Records"][0]["cf"]["request"]
    header = request["origin"]["s3"]["customHeaders"]
    request["origin"] = {kind: {"customHeaders": header}}

    assert Request.parse(event).settings == header["x-image-settings"][0]["value"]


def test_etag_is_read_without_quotation_marks() -> None:
    assert edge_request(etag='"9b2c-12"').etag == "9b2c-12"
