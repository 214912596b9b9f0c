from typing import Any

import pytest

from local.cloudfront.viewer_function import ViewerFunction, ViewerFunctionError
from local.program.program import ProgramError, Resource


def load(code: str, **inputs: Any) -> ViewerFunction:
    inputs = {"code": code, **inputs}
    return ViewerFunction(Resource(type="t", name="viewer", id="f", inputs=inputs, outputs={}))


@pytest.mark.parametrize(
    ("code", "inputs", "reason"),
    [
        pytest.param("function handler(", {}, "SyntaxError", id="syntax error"),
        pytest.param("// " + "x" * 10_240, {}, "10243 bytes, the limit is 10240", id="too large"),
        pytest.param("function handler(event) {}", {"publish": False}, "not published", id="not published"),
    ],
)
def test_code_that_cloudfront_rejects_is_a_program_error(code: str, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProgramError, match=f"CloudFront would reject the function viewer: .*{reason}"):
        load(code, **inputs)


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
def test_function_that_fails_raises_an_error(body: str) -> None:
    function = load(f"function handler(event) {{ {body} }}")

    with pytest.raises(ViewerFunctionError):
        function({"request": {"uri": "/"}})


def test_request_is_returned_as_the_function_changed_it() -> None:
    function = load("function handler(event) { event.request.uri += 'b'; return event.request; }")

    assert function({"request": {"uri": "/a"}}) == {"uri": "/ab"}
