import base64
from typing import Any

import pytest

from local.cloudfront.validation import MAX_RESPONSE_SIZE, InvalidResponse, check_response

ORIGIN_HEADERS = {"via": [{"key": "Via", "value": "1.1 x"}], "etag": [{"key": "ETag", "value": '"a"'}]}
VALID = {"status": "200", "headers": ORIGIN_HEADERS, "body": "aGVsbG8=", "bodyEncoding": "base64"}


def with_header(name: str, value: Any, key: str | None = None) -> dict[str, Any]:
    return {**VALID, "headers": {**ORIGIN_HEADERS, name: [{"key": key or name, "value": value}]}}


def with_body_of(size: int) -> dict[str, Any]:
    return {**VALID, "body": base64.b64encode(b"x" * size).decode()}


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(VALID, id="base64 body"),
        pytest.param({"status": 404, "headers": ORIGIN_HEADERS}, id="no body"),
        pytest.param({**VALID, "body": "text", "bodyEncoding": "text"}, id="text body"),
        pytest.param(with_header("cache-tag", "a,b", "Cache-Tag"), id="additional header"),
        pytest.param({**VALID, "headers": {"via": ORIGIN_HEADERS["via"]}}, id="removed header"),
        pytest.param(with_body_of(MAX_RESPONSE_SIZE // 4 * 3 - 99), id="largest body"),
    ],
)
def test_response_passes_when_cloudfront_documents_it(response: dict[str, Any]) -> None:
    check_response(response, ORIGIN_HEADERS)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (None, "did not return"),
        ({**VALID, "status": "OK"}, "status"),
        ({**VALID, "status": 600}, "status"),
        (with_header("X-Big", "1"), "lower case"),
        (with_header("x-edge-mine", "1"), "may not set the header x-edge-mine"),
        (with_header("x-amz-cf-id", "1"), "may not set the header x-amz-cf-id"),
        (with_header("connection", "close"), "may not set the header connection"),
        (with_header("transfer-encoding", "chunked"), "read-only"),
        ({**VALID, "headers": {}}, "read-only header via"),
        (with_header("age", 5), "not a string"),
        (with_header("age", "5", "Vary"), "key"),
        ({**VALID, "body": "not base64!"}, "base64"),
        ({**VALID, "bodyEncoding": "gzip"}, "bodyEncoding"),
        ({**VALID, "status": "204"}, "no body"),
        (with_body_of(MAX_RESPONSE_SIZE // 4 * 3), "limit"),
    ],
    ids=[
        "not a dict",
        "status not a number",
        "status too large",
        "upper case",
        "edge header",
        "request id",
        "connection",
        "transfer-encoding",
        "via removed",
        "value not a string",
        "another key",
        "not base64",
        "unknown encoding",
        "204 with body",
        "too large",
    ],
)
def test_response_is_rejected_with_the_reason(response: Any, reason: str) -> None:
    with pytest.raises(InvalidResponse, match=reason):
        check_response(response, ORIGIN_HEADERS)
