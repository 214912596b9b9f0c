"""Test what a viewer gets when a part of the stack fails, and that the stack recovers."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.decoded_pictures import size, write
from tests.support.served_stack import Served, broken_program, served


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """A stack of its own, which the test may break."""
    write(tmp_path / "images" / "a.jpg", 300, 200)
    with served(tmp_path / "images") as running:
        yield running


def sandboxes(stack: Served) -> list[psutil.Process]:
    parent = psutil.Process()
    return [child for child in parent.children(recursive=True) if "sandbox.py" in " ".join(child.cmdline())]


def test_s3_outage_returns_5xx_and_recovers_afterwards(own: Served) -> None:
    os.kill(own.running.cloud.pid, signal.SIGSTOP)
    own.running.distribution._behaviors[-1].origin._client.meta.config.read_timeout = 1
    try:
        gone = own.get("/a.jpg?width=50")
    finally:
        os.kill(own.running.cloud.pid, signal.SIGCONT)
    time.sleep(1.1)  # as long as CloudFront keeps the error

    assert gone.status in (502, 504)
    assert size(own.get("/a.jpg?width=50")) == (50, 33)


def test_sandbox_that_died_is_replaced(own: Served) -> None:
    own.get("/a.jpg?width=50")
    for process in sandboxes(own):
        process.kill()
        process.wait()

    assert size(own.get("/a.jpg?width=51")) == (51, 34)


SLOW = "    started = time.perf_counter()\n    request = Request.parse(event)"


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("    time.sleep(9 if 'width=13' in str(event) else 0)\n", "timed out"),
        ("    __import__('os').abort() if 'width=13' in str(event) else 0\n", "ExitError"),
        ("    hoard = bytearray(2 << 30) if 'width=13' in str(event) else 0\n    hoard and time.sleep(1)\n", "Memory"),
        ("    1 / (0 if 'width=13' in str(event) else 1)\n", "ZeroDivisionError"),
    ],
    ids=["over time", "killed", "out of memory", "raised"],
)
def test_failing_function_returns_503_and_next_request_works(tmp_path: Path, instead: str, said: str) -> None:
    write(tmp_path / "images" / "a.jpg", 300, 200)
    root = broken_program(tmp_path, "edge/origin_response.py", SLOW, instead + SLOW)
    config = root / "Pulumi.dev.yaml"
    config.write_text(config.read_text() + "  edge-image-resizer:timeout: 6\n")

    with served(tmp_path / "images", root=root) as stack:
        failed = stack.get("/a.jpg?width=13")
        next_one = stack.get("/a.jpg?width=14")

    assert (failed.status, failed.headers["x-cache"]) == (503, "LambdaExecutionError from cloudfront")
    assert size(next_one) == (14, 9)
    assert any(said in line for line in stack.logs)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('headers["X-Upper"] = "1"', "lower case"),
        ('headers["x-cache"] = "mine"', "x-cache"),
        ('headers["via"] = "mine"', "read-only"),
        ('body = b"x" * 800_000', "the limit is"),
    ],
)
def test_response_that_cloudfront_rejects_returns_502(tmp_path: Path, wrong: str, said: str) -> None:
    write(tmp_path / "images" / "a.jpg", 300, 200)
    what = "        response = Response(\n            body=rendered.body,\n"
    instead = f"        body = rendered.body\n        {wrong}\n        response = Response(\n            body=body,\n"
    root = broken_program(tmp_path, "edge/origin_response.py", what, instead)

    with served(tmp_path / "images", root=root) as stack:
        reply = stack.get("/a.jpg?width=13")

    assert (reply.status, reply.headers["x-cache"]) == (502, "LambdaValidationError from cloudfront")
    assert any(said in line for line in stack.logs)


def test_s3_failure_inside_the_function_returns_a_problem_document(own: Served) -> None:
    own.get("/a.jpg?width=20")
    function = own.running.distribution._behaviors[-1].lambda_function
    assert function is not None
    function._environment["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9"
    for process in sandboxes(own):
        process.kill()
        process.wait()

    reply = own.get("/a.jpg?width=21")

    assert (reply.status, json.loads(reply.body)["detail"]) == (502, "The original could not be read.")
