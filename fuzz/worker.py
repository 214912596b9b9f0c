"""A child process that renders one file after another within limits, and that is forked again after a failure.

A process that has not used libvips must fork it: libvips does not work in a copy of a process that has used it.
"""

import json
import os
import resource
import select
import signal
import struct
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from edge.errors import BadRendition, ImageError
from edge.imaging.pipeline import render
from edge.rendition import Rendition

LIMITS: Final = {"max_pixels": 100_000_000, "max_frames": 1000, "max_dimension": 4096, "max_body": 780_000}
"""The default limits of a stack."""
_MAX_OUTPUT: Final = 2_000
_RECEIVED: Final = b"r"
"""What the child process writes when it has received a file, before it renders the file."""
_STATUS: Final = Path("/proc/self/status")
_RESET_PEAK: Final = Path("/proc/self/clear_refs")
"""A file that resets the largest number of bytes of memory, if 5 is written to it."""

Function = Callable[[bytes, Rendition], object]
"""A function that renders. Tests replace it by a function that fails."""


class Result(NamedTuple):
    """What happened to one file."""

    kind: str
    """`rendered`, `refused`, or a failure: `crash`, `timeout`, `exception`, `memory`."""
    text: str
    """The signal or the exception."""
    seconds: float
    memory: int
    """The largest number of bytes of memory that the process had; 0 if it is unknown."""
    output: str
    """What libraries printed. In production, a child process discards it."""


class Worker:
    """Renders files in a child process, which is forked when it is needed. Use it as a context manager."""

    def __init__(self, *, seconds: float, max_memory: int, function: Function | None = None) -> None:
        self._seconds = seconds
        self._max_memory = max_memory
        self._function = function or _render
        self._process = self._writer = self._reader = 0
        self.late_crash: Result | None = None
        """The crash of the child process after it had returned the result of the file before the last one, if any."""
        self._output = os.memfd_create("output")

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._end(is_killed=True)
        os.close(self._output)

    def render(self, data: bytes, query: str) -> Result:
        """Return what happens if the child process renders the file for a canonical query.

        If the child process has ended since the previous file, `late_crash` is set, and another one renders the file.
        """
        self.late_crash = None
        if not self._process:
            self._start()
        if not self._send(data, query):
            self.late_crash = self._end_failed(0.0, is_killed=True)
            self._start()
            self._send(data, query)
        start = time.monotonic()
        ready, _, _ = select.select([self._reader], [], [], self._seconds)
        header = _read(self._reader, 4) if ready else b""
        seconds = time.monotonic() - start
        if not header:
            return self._end_failed(seconds, is_killed=not ready)
        kind, text, memory = json.loads(_read(self._reader, int.from_bytes(header)))
        return Result(kind=kind, text=text, seconds=seconds, memory=memory, output=self._take_output())

    def _send(self, data: bytes, query: str) -> bool:
        """Send a file to the child process. Return whether the child process has received the file."""
        with suppress(BrokenPipeError):
            _write(self._writer, struct.pack("<II", len(data), len(query)) + data + query.encode())
        ready, _, _ = select.select([self._reader], [], [], self._seconds)
        return bool(ready) and _read(self._reader, len(_RECEIVED)) == _RECEIVED

    def _end_failed(self, seconds: float, *, is_killed: bool) -> Result:
        """Return the failure of the child process. If it has not ended by itself, it took too long, and is killed."""
        status = self._end(is_killed=is_killed)
        name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit status {status >> 8}"
        kind, text = ("timeout", "") if is_killed and name == "SIGKILL" else ("crash", name)
        return Result(kind=kind, text=text, seconds=seconds, memory=0, output=self._take_output())

    def _start(self) -> None:
        job_reader, self._writer = os.pipe()
        self._reader, result_writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._writer)
            os.close(self._reader)
            os.dup2(self._output, 1)
            os.dup2(self._output, 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_DATA, (self._max_memory, self._max_memory))
            _serve(job_reader, result_writer, self._function)
        os.close(job_reader)
        os.close(result_writer)

    def _end(self, *, is_killed: bool) -> int:
        """Return the exit status of the child process, which has ended by itself if `is_killed` is False."""
        if not self._process:
            return 0
        if is_killed:
            os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        os.close(self._reader)
        os.close(self._writer)
        self._process = 0
        return status

    def _take_output(self) -> str:
        if not os.fstat(self._output).st_size:
            return ""
        text = os.pread(self._output, _MAX_OUTPUT, 0)
        os.ftruncate(self._output, 0)
        os.lseek(self._output, 0, os.SEEK_SET)
        return text.decode(errors="replace")


def _serve(job_reader: int, result_writer: int, function: Function) -> NoReturn:
    """Run in the child process: render until the parent process closes the pipe."""
    try:
        while header := _read(job_reader, 8):
            length, query_length = struct.unpack("<II", header)
            data, query = _read(job_reader, length), _read(job_reader, query_length).decode()
            _write(result_writer, _RECEIVED)
            _RESET_PEAK.write_text("5")
            kind, text = _try(function, data, query)
            result = json.dumps([kind, text, _peak_memory()]).encode()
            _write(result_writer, len(result).to_bytes(4) + result)
    finally:
        os._exit(1)


def _read(pipe: int, length: int) -> bytes:
    """Return `length` bytes, or fewer at the end."""
    data = bytearray()
    while len(data) < length and (part := os.read(pipe, length - len(data))):
        data += part
    return bytes(data)


def _write(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _try(function: Function, data: bytes, query: str) -> tuple[str, str]:
    """Return the kind of the result, and the exception."""
    try:
        function(data, Rendition.parse(query))
    except BadRendition:
        raise
    except ImageError as error:
        return "refused", str(error)
    except MemoryError:
        return "memory", "MemoryError"
    except BaseException:  # noqa: BLE001  # Every other exception is a finding.
        return "exception", traceback.format_exc()
    return "rendered", ""


def _render(data: bytes, rendition: Rendition) -> object:
    return render(data, rendition, **LIMITS)


def _peak_memory() -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10
