"""Test the response to a viewer when a part of the stack fails, and that the stack recovers."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.edits import edited_input
from tests.support.processes import sandboxes
from tests.support.program_copies import set_config, wrap_function
from tests.support.served_stack import ServedStack, copy_program, serve_stack, wait_until

HANDLER = "edge.origin_response.handler"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    write_picture(tmp_path / "images" / "a.jpg", 300, 200)
    return tmp_path / "images"


@pytest.fixture
def stack(images: Path) -> Iterator[ServedStack]:
    """A separate stack, because the test breaks it."""
    with serve_stack(images) as running:
        yield running


def test_s3_outage_returns_504_and_recovers_afterwards(images: Path) -> None:
    timeout = edited_input("cloudfront/distribution", "distribution", "origins.0.responseCompletionTimeout", 1)

    with serve_stack(images, edits=[timeout]) as stack:
        os.kill(stack.running.cloud.pid, signal.SIGSTOP)
        try:
            during_outage = stack.get("/a.jpg?width=50")
        finally:
            os.kill(stack.running.cloud.pid, signal.SIGCONT)

        assert during_outage.status == 504
        wait_until(lambda: stack.get("/a.jpg?width=50").status == 200)  # The error is cached for 1 second.
        assert decoded_size(stack.get("/a.jpg?width=50")) == (50, 33)


def test_sandbox_that_died_is_replaced(stack: ServedStack) -> None:
    stack.get("/a.jpg?width=50")
    killed = sandboxes(HANDLER)
    for process in killed:
        process.kill()
        process.wait()

    assert killed
    assert decoded_size(stack.get("/a.jpg?width=51")) == (51, 34)


def test_original_that_takes_too_long_is_refused_and_the_sandbox_stays(tmp_path: Path, images: Path) -> None:
    root = copy_program(tmp_path)
    hang = "while any(getattr(value, 'width', None) == 13 for value in [*args, *kwargs.values()]):\n    pass"
    wrap_function(root, "edge/imaging/pipeline.py", "render", before=hang)
    set_config(root, renderTimeout="2")

    with serve_stack(images, root=root) as stack:
        assert decoded_size(stack.get("/a.jpg?width=12")) == (12, 8)
        before = {process.pid for process in sandboxes(HANDLER)}
        refused = stack.get("/a.jpg?width=13")
        cached = stack.get("/a.jpg?width=13")
        assert decoded_size(stack.get("/a.jpg?width=14")) == (14, 9)
        assert {process.pid for process in sandboxes(HANDLER)} == before

    assert refused.status == cached.status == 415
    assert "more than 2 seconds" in json.loads(refused.body)["detail"]
    assert refused.headers["cache-control"] == "public, max-age=60"
    assert cached.headers["x-cache"] == "Hit from cloudfront"
    assert sum("width=13" in line for line in stack.logs) == 1


FILL_MEMORY = "hoard = bytearray(2 << 30) if 'width=13' in str(args) else 0\nhoard and __import__('time').sleep(60)"


@pytest.mark.parametrize(
    ("failing_code", "log_text"),
    [
        ("__import__('time').sleep(3600 if 'width=13' in str(args) else 0)", "timed out"),
        ("__import__('os').abort() if 'width=13' in str(args) else 0", "ExitError"),
        (FILL_MEMORY, "Memory"),
    ],
    ids=["over time", "killed", "out of memory"],
)
def test_failing_function_returns_503_and_next_request_works(
    tmp_path: Path, images: Path, failing_code: str, log_text: str
) -> None:
    root = copy_program(tmp_path)
    wrap_function(root, "edge/origin_response.py", "handler", before=failing_code)
    set_config(root, timeout="10", renderTimeout="2")

    with serve_stack(images, root=root) as stack:
        failed = stack.get("/a.jpg?width=13")
        next_response = stack.get("/a.jpg?width=14")

    assert (failed.status, failed.headers["x-cache"]) == (503, "LambdaExecutionError from cloudfront")
    assert decoded_size(next_response) == (14, 9)
    assert any(log_text in line for line in stack.logs)


def test_exception_inside_the_handler_returns_500(tmp_path: Path, images: Path) -> None:
    root = copy_program(tmp_path)
    failing_code = "1 / (0 if 'width=13' in str(args) else 1)"
    wrap_function(root, "edge/origin_response.py", "_respond", before=failing_code)

    with serve_stack(images, root=root) as stack:
        failed = stack.get("/a.jpg?width=13")
        next_response = stack.get("/a.jpg?width=14")

    assert (failed.status, json.loads(failed.body)["detail"]) == (500, "Something went wrong.")
    assert decoded_size(next_response) == (14, 9)
    assert any("ZeroDivisionError" in line for line in stack.logs)


@pytest.mark.parametrize(
    ("invalid_code", "log_text"),
    [
        ('result["headers"]["X-Upper"] = [{"key": "X-Upper", "value": "1"}]', "lower case"),
        ('result["headers"]["x-cache"] = [{"key": "x-cache", "value": "mine"}]', "x-cache"),
        ('result["headers"]["via"] = [{"key": "via", "value": "mine"}]', "read-only"),
        ('result["body"] = "x" * 1_100_000', "the limit is"),
    ],
    ids=["header in upper case", "disallowed header", "read-only header", "too large"],
)
def test_response_that_cloudfront_rejects_returns_502(
    tmp_path: Path, images: Path, invalid_code: str, log_text: str
) -> None:
    root = copy_program(tmp_path)
    wrap_function(root, "edge/origin_response.py", "handler", after=invalid_code)

    with serve_stack(images, root=root) as stack:
        response = stack.get("/a.jpg?width=13")

    assert (response.status, response.headers["x-cache"]) == (502, "LambdaValidationError from cloudfront")
    assert any(log_text in line for line in stack.logs)


def test_s3_failure_inside_the_function_returns_a_problem_document(tmp_path: Path, images: Path) -> None:
    root = copy_program(tmp_path)
    closed_port = "__import__('os').environ['AWS_ENDPOINT_URL_S3'] = 'http://127.0.0.1:9'"
    wrap_function(root, "edge/origin_response.py", "handler", before=closed_port)

    with serve_stack(images, root=root) as stack:
        response = stack.get("/a.jpg?width=21")

    assert (response.status, json.loads(response.body)["detail"]) == (502, "The original could not be read.")
