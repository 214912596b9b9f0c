import json

import pytest

from local.cloudfront.messages import Response
from local.request_log import Handling, LoggedRequest, json_line, text_line, viewer_handling

REQUEST = LoggedRequest(
    result=Handling.MISS, method="GET", path="/a.jpg?width=50", status=200, bytes=12345, milliseconds=61.25
)


@pytest.mark.parametrize(
    ("x_cache", "status", "expected"),
    [
        ("Hit from cloudfront", 200, Handling.HIT),
        ("Hit from cloudfront", 404, Handling.HIT),
        ("RefreshHit from cloudfront", 200, Handling.HIT),
        ("Miss from cloudfront", 200, Handling.MISS),
        ("Miss from cloudfront", 302, Handling.MISS),
        ("FunctionGeneratedResponse from cloudfront", 400, Handling.REFUSED),
        ("Error from cloudfront", 404, Handling.REFUSED),
        ("LambdaExecutionError from cloudfront", 503, Handling.FAILED),
    ],
)
def test_handling_follows_from_the_status_and_x_cache(x_cache: str, status: int, expected: Handling) -> None:
    assert viewer_handling(Response(status=status, headers={"x-cache": x_cache}, body=b"")) is expected


def test_text_line_has_all_values_of_the_request() -> None:
    assert text_line(REQUEST).split() == ["miss", "GET", "200", "12,345", "bytes", "61.2", "ms", "/a.jpg?width=50"]


def test_json_line_has_all_values_of_the_request() -> None:
    assert json.loads(json_line(REQUEST)) == {
        "result": "miss",
        "method": "GET",
        "path": "/a.jpg?width=50",
        "status": 200,
        "bytes": 12345,
        "milliseconds": 61.25,
    }


@pytest.mark.parametrize("line", [text_line, json_line])
def test_control_characters_in_a_path_do_not_reach_the_terminal(line: object) -> None:
    request = LoggedRequest(
        result=Handling.MISS, method="GET", path="/\x1b[2J\x9b\n\ufffd", status=404, bytes=0, milliseconds=1.0
    )

    assert callable(line)
    text = line(request)

    assert isinstance(text, str)
    assert not {"\x1b", "\x9b", "\n"} & set(text)
