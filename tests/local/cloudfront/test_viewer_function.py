from typing import Any

import pytest

from local.cloudfront.viewer_function import ViewerFunction, ViewerFunctionError
from local.program.program import ProgramError, Resource


def function(code: str, **inputs: Any) -> ViewerFunction:
    return ViewerFunction(Resource(type="t", name="front", id="f", inputs={"code": code, **inputs}, outputs={}))


@pytest.mark.parametrize(
    ("code", "inputs", "reason"),
    [
        ("function handler(", {}, "SyntaxError"),
        ("// " + "x" * 10_240, {}, "10240 bytes"),
        ("function handler(event) {}", {"publish": False}, "not published"),
    ],
)
def test_what_cloudfront_would_not_take_is_refused_at_the_start(code: str, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProgramError, match=f"CloudFront would refuse front: .*{reason}"):
        function(code, **inputs)


@pytest.mark.parametrize(
    "body",
    [
        "throw new Error('no')",
        "return undefined",
        "return 5",
        "return {}",
        "for (;;) {}",
        "undeclared = 1; return event.request",
    ],
)
def test_a_function_that_fails_is_an_error(body: str) -> None:
    with pytest.raises(ViewerFunctionError):
        function(f"function handler(event) {{ {body} }}")({"request": {"uri": "/"}})


def test_the_request_comes_back_as_the_function_left_it() -> None:
    front = function("function handler(event) { event.request.uri += 'b'; return event.request; }")

    assert front({"request": {"uri": "/a"}}) == {"uri": "/ab"}
