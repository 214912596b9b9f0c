"""A stack served by the local engine inside a test: the real program, the real bundle and real HTTP."""

import asyncio
import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.engine import RunningStack, run

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


@dataclass(frozen=True, kw_only=True)
class Served:
    running: RunningStack
    logs: list[str]
    """The lines that the engine has reported."""

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Response:
        """Send one request with its target unchanged. Underscores in names of headers become dashes."""
        url = urlsplit(self.running.url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
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

    def count_renders(self) -> int:
        """Return how many renditions the edge function has rendered."""
        return sum('"encode"' in line for line in self.logs)


@contextmanager
def served(images: Path, *, root: Path = ROOT, stack: str = "dev") -> Iterator[Served]:
    """Serve a stack in a thread with its own event loop."""
    logs: list[str] = []
    is_started, is_finished = threading.Event(), threading.Event()
    outcome: list[RunningStack | BaseException] = []

    async def serve() -> None:
        try:
            async with run(root, stack, images, host="127.0.0.1", port=0, report=logs.append) as running:
                outcome.append(running)
                is_started.set()
                await asyncio.to_thread(is_finished.wait)
        except BaseException as error:  # noqa: BLE001  # raised again in the test's thread
            outcome.append(error)
        finally:
            is_started.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert is_started.wait(120), "the engine has not started after 120 seconds"
    if isinstance(outcome[0], BaseException):
        thread.join()
        raise outcome[0]
    try:
        yield Served(running=outcome[0], logs=logs)
    finally:
        is_finished.set()
        thread.join(30)


def broken_program(folder: Path, file: str, old: str, new: str) -> Path:
    """Return a copy of the program in which `new` replaces the only occurrence of `old` in one file."""
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
    path = root / file
    text = path.read_text()
    assert text.count(old) == 1, f"{file} contains {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))
    return root
