"""A stack served by the local engine, from within a test: real program, real bundle, real HTTP."""

import asyncio
import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.engine import Running, run

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


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Served:
    running: Running
    logs: list[str]

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        """One request, its target sent as it is; underscores in names of headers become dashes."""
        url = urlsplit(self.running.url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            reply = connection.getresponse()
            names = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(status=reply.status, headers=names, body=reply.read())
        finally:
            connection.close()

    def renders(self) -> int:
        """How often the function has rendered something."""
        return sum('"encode"' in line for line in self.logs)


@contextmanager
def served(images: Path, *, root: Path = ROOT, stack: str = "dev") -> Iterator[Served]:
    """In a thread with an event loop of its own."""
    logs: list[str] = []
    ready, done = threading.Event(), threading.Event()
    result: list[Running | BaseException] = []

    async def serve() -> None:
        try:
            async with run(root, stack, images, host="127.0.0.1", port=0, say=logs.append) as running:
                result.append(running)
                ready.set()
                await asyncio.to_thread(done.wait)
        except BaseException as error:  # noqa: BLE001  # handed to the test
            result.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait(60)
    if isinstance(result[0], BaseException):
        thread.join()
        raise result[0]
    try:
        yield Served(running=result[0], logs=logs)
    finally:
        done.set()
        thread.join(30)


def broken_program(folder: Path, file: str, what: str, instead: str) -> Path:
    """A copy of the program in which one thing is wrong."""
    root = folder / "program"
    for name in PROGRAM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / name)
    # Bundles are named by what they are made of: those that exist need not be made again.
    (ROOT / "build").mkdir(exist_ok=True)
    (root / "build").symlink_to(ROOT / "build")
    path = root / file
    text = path.read_text()
    assert text.count(what) == 1, f"{file} has {text.count(what)} times {what!r}"
    path.write_text(text.replace(what, instead))
    return root
