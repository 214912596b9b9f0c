"""Test the response to a viewer when a part of the stack fails, and that the stack recovers."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.decoded_pictures import decoded_size, write_picture
from tests.support.served_stack import Response, ServedStack, broken_program, serve_stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[ServedStack]:
    """A separate stack for each test, because the tests break it."""
    write_picture(tmp_path / "images" / "a.jpg", 300, 200)
    with serve_stack(tmp_path / "images") as running:
        yield running


def sandboxes() -> list[psutil.Process]:
    """Return the processes of all sandboxes that run."""
    parent = psutil.Process()
    return [child for child in parent.children(recursive=True) if "sandbox.py" in " ".join(child.cmdline())]


def test_s3_outage_returns_5xx_and_recovers_afterwards(stack: ServedStack) -> None:
    os.kill(stack.running.cloud.pid, signal.SIGSTOP)
    stack.running.distribution._behaviors[-1].origin._client.meta.config.read_timeout = 1
    try:
        during_outage = stack.get("/a.jpg?width=50")
    finally:
        os.kill(stack.running.cloud.pid, signal.SIGCONT)
    time.sleep(1.1)  # the error is cached for 1 second

    assert during_outage.status in (502, 504)
    assert decoded_size(stack.get("/a.jpg?width=50")) == (50, 33)


def test_sandbox_that_died_is_replaced(stack: ServedStack) -> None:
    stack.get("/a.jpg?width=50")
    for process in sandboxes():
        process.kill()
        process.wait()

    assert decoded_size(stack.get("/a.jpg?width=51")) == (51, 34)


def test_original_that_takes_too_long_is_refused_and_the_sandbox_stays(tmp_path: Path) -> None:
    write_picture(tmp_path / "images" / "a.jpg", 300, 200)
    first_line = "    limits = Limits(max_pixels=max_pixels, max_frames=max_frames)\n"
    hang = "    while rendition.width == 13:\n        pass\n"
    root = broken_program(tmp_path, "edge/imaging/pipeline.py", first_line, hang + first_line)
    config = root / "Pulumi.dev.yaml"
    config.write_text(config.read_text() + "  edge-image-resizer:renderTimeout: 2\n")

    with serve_stack(tmp_path / "images", root=root) as stack:
        assert decoded_size(stack.get("/a.jpg?width=12")) == (12, 8)
        before = {process.pid for process in sandboxes()}
        refused = stack.get("/a.jpg?width=13")
        cached = stack.get("/a.jpg?width=13")
        assert decoded_size(stack.get("/a.jpg?width=14")) == (14, 9)
        assert {process.pid for process in sandboxes()} == before

    assert refused.status == cached.status == 415
    assert "more than 2 seconds" in json.loads(refused.body)["detail"]
    assert refused.headers["cache-control"] == "public, max-age=60"
    assert cached.headers["x-cache"] == "Hit from cloudfront"
    assert sum("width=13" in line for line in stack.logs) == 1


FIRST_LINES_OF_HANDLER = "    started = time.perf_counter()\n    request = Request.parse(event)"


def responses_of_failing_handler(folder: Path, failing_code: str) -> tuple[Response, Response, list[str]]:
    """Return the response of a handler that fails, the response to the next request, and the lines of the log."""
    write_picture(folder / "images" / "a.jpg", 300, 200)
    root = broken_program(
        folder, "edge/origin_response.py", FIRST_LINES_OF_HANDLER, failing_code + FIRST_LINES_OF_HANDLER
    )
    config = root / "Pulumi.dev.yaml"
    config.write_text(config.read_text() + "  edge-image-resizer:timeout: 10\n  edge-image-resizer:renderTimeout: 2\n")

    with serve_stack(folder / "images", root=root) as stack:
        return stack.get("/a.jpg?width=13"), stack.get("/a.jpg?width=14"), stack.logs


@pytest.mark.parametrize(
    ("failing_code", "log_text"),
    [
        ("    time.sleep(13 if 'width=13' in str(event) else 0)\n", "timed out"),
        ("    __import__('os').abort() if 'width=13' in str(event) else 0\n", "ExitError"),
        ("    hoard = bytearray(2 << 30) if 'width=13' in str(event) else 0\n    hoard and time.sleep(1)\n", "Memory"),
    ],
    ids=["over time", "killed", "out of memory"],
)
def test_failing_function_returns_503_and_next_request_works(tmp_path: Path, failing_code: str, log_text: str) -> None:
    failed, next_response, logs = responses_of_failing_handler(tmp_path, failing_code)

    assert (failed.status, failed.headers["x-cache"]) == (503, "LambdaExecutionError from cloudfront")
    assert decoded_size(next_response) == (14, 9)
    assert any(log_text in line for line in logs)


def test_exception_before_the_event_is_read_returns_500(tmp_path: Path) -> None:
    failing_code = "    1 / (0 if 'width=13' in str(event) else 1)\n"

    failed, next_response, logs = responses_of_failing_handler(tmp_path, failing_code)

    assert (failed.status, json.loads(failed.body)["detail"]) == (500, "Something went wrong.")
    assert decoded_size(next_response) == (14, 9)
    assert any("ZeroDivisionError" in line for line in logs)


@pytest.mark.parametrize(
    ("invalid_code", "log_text"),
    [
        ('headers["X-Upper"] = "1"', "lower case"),
        ('headers["x-cache"] = "mine"', "x-cache"),
        ('headers["via"] = "mine"', "read-only"),
        ('body = b"x" * 800_000', "the limit is"),
    ],
    ids=["header in upper case", "disallowed header", "read-only header", "too large"],
)
def test_response_that_cloudfront_rejects_returns_502(tmp_path: Path, invalid_code: str, log_text: str) -> None:
    write_picture(tmp_path / "images" / "a.jpg", 300, 200)
    original_code = "    response = Response(\n        body=rendered.body,\n"
    changed_code = f"    body = rendered.body\n    {invalid_code}\n    response = Response(\n        body=body,\n"
    root = broken_program(tmp_path, "edge/origin_response.py", original_code, changed_code)

    with serve_stack(tmp_path / "images", root=root) as stack:
        response = stack.get("/a.jpg?width=13")

    assert (response.status, response.headers["x-cache"]) == (502, "LambdaValidationError from cloudfront")
    assert any(log_text in line for line in stack.logs)


def test_s3_failure_inside_the_function_returns_a_problem_document(stack: ServedStack) -> None:
    stack.get("/a.jpg?width=20")
    function = stack.running.distribution._behaviors[-1].lambda_function
    assert function is not None
    function._environment["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9"
    for process in sandboxes():
        process.kill()
        process.wait()

    response = stack.get("/a.jpg?width=21")

    assert (response.status, json.loads(response.body)["detail"]) == (502, "The original could not be read.")
