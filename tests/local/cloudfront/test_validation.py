import base64
from typing import Any

import pytest

from local.cloudfront.validation import LIMIT, InvalidAnswer, check_answer

BEFORE = {"via": [{"key": "Via", "value": "1.1 x"}], "etag": [{"key": "ETag", "value": '"a"'}]}
GOOD = {"status": "200", "headers": BEFORE, "body": "aGVsbG8=", "bodyEncoding": "base64"}


def with_header(name: str, value: Any, key: str | None = None) -> dict[str, Any]:
    return {**GOOD, "headers": {**BEFORE, name: [{"key": key or name, "value": value}]}}


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        {"status": 404, "headers": BEFORE},
        {**GOOD, "body": "text", "bodyEncoding": "text"},
        with_header("cache-tag", "a,b", "Cache-Tag"),
        {**GOOD, "headers": {"via": BEFORE["via"]}},
        {**GOOD, "body": base64.b64encode(b"x" * (LIMIT // 4 * 3 - 99)).decode()},
    ],
)
def test_what_the_documents_allow_passes(answer: dict[str, Any]) -> None:
    check_answer(answer, BEFORE)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "did not return"),
        ({**GOOD, "status": "OK"}, "status"),
        ({**GOOD, "status": 600}, "status"),
        (with_header("X-Big", "1"), "lower case"),
        (with_header("x-edge-mine", "1"), "not the function's"),
        (with_header("x-amz-cf-id", "1"), "not the function's"),
        (with_header("connection", "close"), "not the function's"),
        (with_header("transfer-encoding", "chunked"), "read-only"),
        ({**GOOD, "headers": {}}, "read-only header via"),
        (with_header("age", 5), "no string"),
        (with_header("age", "5", "Vary"), "key"),
        ({**GOOD, "body": "not base64!"}, "base64"),
        ({**GOOD, "bodyEncoding": "gzip"}, "bodyEncoding"),
        ({**GOOD, "status": "204"}, "no body"),
        ({**GOOD, "body": base64.b64encode(b"x" * (LIMIT // 4 * 3)).decode()}, "limit"),
    ],
)
def test_what_cloudfront_refuses_is_refused_with_its_reason(answer: Any, reason: str) -> None:
    with pytest.raises(InvalidAnswer, match=reason):
        check_answer(answer, BEFORE)
