"""Serve a stack with the local engine inside a test: the real program, the real bundle and real HTTP."""

import asyncio
import http.client
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from local.engine import RunningStack, run
from tests.support.edits import Edit, InputsEditor

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "staging", "prod")
PROGRAM = (
    "__main__.py",
    "Pulumi.yaml",
    *(f"Pulumi.{stack}.yaml" for stack in STACKS),
    "infra",
    "edge",
    "common",
    "refresh",
    "requirements",
)
"""The files and folders that the program consists of."""


@dataclass(frozen=True, kw_only=True)
class Response:
    status: int
    headers: dict[str, str]
    """Values by name in lower case."""
    body: bytes


def send_request(url: str, path: str, *, method: str = "GET", timeout: float, **headers: str) -> Response:
    """Send one request to the server of `url`, and do not normalize its path. Write `_` for `-` in names of headers."""
    server = urlsplit(url)
    connection = http.client.HTTPConnection(server.hostname or "", server.port, timeout=timeout)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Response(status=response.status, headers=received, body=response.read())
    finally:
        connection.close()


@dataclass(frozen=True, kw_only=True)
class ServedStack:
    """A stack that the local engine serves, and the viewer's side of it."""

    running: RunningStack
    logs: list[str]
    """The lines that the engine has reported."""

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Response:
        """Send one request and do not normalize its path and query. Write `_` for `-` in the names of headers."""
        return send_request(self.running.url, path, method=method, timeout=60, **headers)

    def count_renders(self) -> int:
        """Return how many renditions the edge function has rendered."""
        return sum('"encode"' in line for line in self.logs)


@contextmanager
def serve_stack(
    images: Path, *, root: Path = ROOT, stack: str = "dev", edits: Sequence[Edit] = ()
) -> Iterator[ServedStack]:
    """Serve the originals in the folder `images`, in a thread with a separate event loop.

    `root` is the folder of the Pulumi program. `edits` change what the program declares.
    """
    logs: list[str] = []
    is_started, should_stop = threading.Event(), threading.Event()
    outcome: list[RunningStack | BaseException] = []
    editor = InputsEditor(edits)

    async def serve() -> None:
        try:
            async with run(
                root, stack, images, host="127.0.0.1", port=0, report=logs.append, edit_inputs=editor
            ) as running:
                outcome.append(running)
                is_started.set()
                await asyncio.to_thread(should_stop.wait)
        except BaseException as error:  # noqa: BLE001  # raised again in the test's thread
            outcome.append(error)
        finally:
            is_started.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert is_started.wait(120), "the local engine did not start within 120 seconds"
    if isinstance(outcome[0], BaseException):
        thread.join()
        raise outcome[0]
    try:
        editor.check()
        yield ServedStack(running=outcome[0], logs=logs)
    finally:
        should_stop.set()
        thread.join(30)


def wait_until(is_met: Callable[[], object]) -> None:
    """Call `is_met` until it returns a true value; fail after 300 calls with pauses of 0.1 seconds.

    A machine that runs other programs, too, can be ten times as slow as usual.
    """
    for _ in range(300):
        if is_met():
            return
        time.sleep(0.1)
    raise AssertionError("the condition is not met after 300 checks")


def put_original(stack: ServedStack, key: str, body: bytes, **options: Any) -> None:
    """Put an object directly into the originals bucket. `options` are parameters of S3's PutObject."""
    outputs = stack.running.program.outputs
    s3 = stack.running.cloud.s3(outputs["originals_region"])
    s3.put_object(Bucket=outputs["originals_bucket"], Key=key, Body=body, **options)


def cloudfront_client(stack: ServedStack) -> Any:
    """Return a client of CloudFront's API for the served distribution."""
    credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("cloudfront", region_name="us-east-1", endpoint_url=stack.running.url, **credentials)


def broken_program(folder: Path, file: str, old: str, new: str) -> Path:
    """Return a copy of the program in which `new` replaces the only occurrence of `old` in one file.

    Prefer tests/support/edits.py and tests/support/program_copies.py: they name what is changed, and no source lines.
    """
    root = copy_program(folder)
    path = root / file
    text = path.read_text()
    assert text.count(old) == 1, f"{file} contains {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))
    return root


def copy_program(folder: Path) -> Path:
    """Return the root of a copy of the program."""
    root = folder / "program"
    for name in PROGRAM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / name)
    # The name of a bundle depends on its content, so the copy can use the bundles that are already built.
    (ROOT / "build").mkdir(exist_ok=True)
    (root / "build").symlink_to(ROOT / "build")
    return root
