"""Call a function in a child process, within a limit of time and a limit of memory.

A decoder is C code: no signal handler of Python interrupts it, and a fault in it ends its whole process. Only another
process can end it in every case.
"""

import math
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from typing import Final, NoReturn, Self

_CHUNK: Final = 1 << 20
"""The maximum number of bytes that are written to or read from a pipe at once."""
_END: Final = b"\n"
"""The last byte from the child process. If it is missing, the child process ended before it had written its result."""


class ChildFailed(Exception):
    """The child process ended without a result. The text of the exception gives the reason."""


class ChildTimedOut(ChildFailed):
    """The child process did not end within its time."""


class ChildProcess:
    """A child process that receives bytes, calls a function with them, returns its result, and ends.

    The child process begins as a copy of this process. Its output is discarded. Use it as a context manager, which
    kills it at the end.
    """

    def __init__(
        self,
        function: Callable[[bytes], bytes],
        *,
        warm_up: Callable[[], object],
        seconds: float,
        max_memory: int,
    ) -> None:
        """Start the process. It calls `warm_up` while this process is still waiting for the bytes.

        `seconds` is the time that `call` may take. `max_memory` is the number of bytes that the data of the child
        process may have, including its copy of the data of this process. Beyond it, Python raises MemoryError, and a
        library reports an error or ends the child process. Raises OSError if the process cannot be started.
        """
        self._seconds = seconds
        self._max_result = max_memory // 4  # The function that made the result had both the pixels and the result.
        input_reader, self._writer = os.pipe()
        self._reader, output_writer = os.pipe()
        try:
            self._id = os.fork()
        except OSError:
            for descriptor in (input_reader, self._writer, self._reader, output_writer):
                os.close(descriptor)
            raise
        if self._id == 0:
            _close_others(input_reader, output_writer)
            _set_limits(seconds, max_memory)
            _run(function, warm_up, input_reader, output_writer)
        os.close(input_reader)
        os.close(output_writer)
        os.set_blocking(self._writer, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._reader)
        if self._writer >= 0:
            os.close(self._writer)
        if self._id:
            self._end()

    def call(self, data: bytes, *, seconds: float = math.inf) -> bytes:
        """Return the result of the function. A second call is impossible, because the child process has ended.

        `seconds` is the time that remains, if it is less than the time of the start. Raises ChildTimedOut if the time
        is over, and ChildFailed if the child process has no result, or one of more than a quarter of its memory.
        """
        result = self._exchange(data, time.monotonic() + min(seconds, self._seconds))
        if not result.endswith(_END):
            raise ChildFailed(_describe(self._end()))
        return result.removesuffix(_END)

    def _exchange(self, data: bytes, deadline: float) -> bytes:
        """Write the data, and return everything that the child process writes."""
        size = 0
        rest, chunks = memoryview(data), list[bytes]()
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        poll.register(self._writer, select.POLLOUT)
        while events := poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            for descriptor, _ in events:
                if descriptor == self._writer:
                    rest = rest[_write(descriptor, rest) :]
                    if not rest:
                        poll.unregister(descriptor)
                        os.close(descriptor)
                        self._writer = -1
                elif chunk := os.read(descriptor, _CHUNK):
                    chunks.append(chunk)
                    size += len(chunk)
                    if size > self._max_result:
                        raise ChildFailed(f"the child process returned more than {self._max_result} bytes")
                else:
                    return b"".join(chunks)
        raise ChildTimedOut("the child process did not end in time")

    def _end(self) -> int:
        """Kill the child process, and return its status. A process that has already ended keeps its status."""
        os.kill(self._id, signal.SIGKILL)
        _, status = os.waitpid(self._id, 0)
        self._id = 0
        return status


def _close_others(*kept: int) -> None:
    """Close every descriptor but the standard ones and `kept`: a decoder that is taken over must not reach the log."""
    first = 3
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _set_limits(seconds: float, max_memory: int) -> None:
    # Libraries print messages, which would be lines in the log of the function.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_DATA, (max_memory, max_memory))
    # If the parent process is killed, no other process enforces the deadline. The limit counts all threads together,
    # and the two seconds are for the warm-up.
    cpu_seconds = (int(seconds) + 2) * (os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def _run(function: Callable[[bytes], bytes], warm_up: Callable[[], object], reader: int, writer: int) -> NoReturn:
    """Read the data, write the result, and end the process. No code of the parent process runs after this."""
    try:
        warm_up()
        with open(reader, "rb") as data, open(writer, "wb", closefd=False) as result:
            result.write(function(data.read()) + _END)
    finally:
        os._exit(1)  # Only this closes the pipe. Otherwise the parent process would kill a process that is ending.


def _write(descriptor: int, data: memoryview) -> int:
    """Return the number of bytes that were written. If the child process has ended, the rest is dropped."""
    try:
        return os.write(descriptor, data[:_CHUNK])
    except BrokenPipeError:
        return len(data)


def _describe(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"the child process was ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return "the child process ended without a result"
