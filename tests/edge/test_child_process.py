"""A function in a child process can neither end nor delay the process that started it."""

import contextlib
import ctypes
import errno
import faulthandler
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from edge.child_process import ChildFailed, ChildProcess, ChildTimedOut


def max_memory() -> int:
    """Return a limit of memory that is far above the data of this process, of which the child process has a copy."""
    status = Path("/proc/self/status").read_text()
    [kilobytes] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:")]
    return max(512 << 20, 3 * kilobytes << 10)


pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
"""Python 3.12 and newer warn about a fork if the process has threads, which other tests may have started."""


@pytest.fixture(autouse=True)
def no_process_remains() -> Iterator[None]:
    """Check that a test leaves no process. Other tests may have left some before, such as servers."""
    before = set(psutil.Process().children())
    yield
    assert set(psutil.Process().children()) <= before


def call(function: Callable[[bytes], bytes], data: bytes = b"", *, seconds: float = 30) -> bytes:
    with ChildProcess(function, warm_up=bytes, seconds=seconds, max_memory=max_memory()) as child:
        return child.call(data)


def crash(_: bytes) -> bytes:
    faulthandler.disable()
    return ctypes.string_at(0)


def open_descriptors(_: bytes) -> bytes:
    """Return what the open descriptors refer to. The descriptor that lists the folder is closed again afterwards."""
    links = [link for link in [*Path("/proc/self/fd").iterdir()] if link.is_symlink()]
    return " ".join(str(link.readlink()) for link in links).encode()


def fill_memory(_: bytes) -> bytes:
    try:
        return bytes(resource.getrlimit(resource.RLIMIT_DATA)[0])
    except MemoryError:
        return b"too much"


def ignore_signals_and_wait(_: bytes) -> bytes:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)
    return b""


def work_endlessly() -> None:
    while True:
        pass


def open_pipes() -> set[str]:
    """Return the pipes that this process has open. Other tests leave files of other kinds, which close later."""
    targets = []
    for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with contextlib.suppress(FileNotFoundError):  # the descriptor of the list itself
            targets.append(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115
    return {target for target in targets if target.startswith("pipe:")}


def close_the_pipes_and_wait(data: bytes) -> bytes:
    os.closerange(3, 1000)
    return ignore_signals_and_wait(data)


@pytest.mark.parametrize("size", [0, 1, 5 << 20])
def test_result_has_the_bytes_whatever_their_number(size: int) -> None:
    data = b"\n" * size

    assert call(lambda received: received, data) == data


def test_function_that_crashes_names_the_signal() -> None:
    with pytest.raises(ChildFailed, match="SIGSEGV"):
        call(crash)


def test_function_that_raises_an_exception_has_no_result() -> None:
    with pytest.raises(ChildFailed, match="without a result"):
        call(lambda _: bytes(1 // 0))


def test_child_that_ends_before_it_has_read_the_data_has_no_result() -> None:
    child = ChildProcess(bytes, warm_up=lambda: os._exit(7), seconds=30, max_memory=max_memory())

    with child, pytest.raises(ChildFailed, match="without a result"):
        child.call(bytes(5 << 20))


@pytest.mark.parametrize(
    ("function", "error"), [(ignore_signals_and_wait, ChildTimedOut), (close_the_pipes_and_wait, ChildFailed)]
)
def test_function_that_does_not_end_is_killed(function: Callable[[bytes], bytes], error: type[ChildFailed]) -> None:
    with pytest.raises(error):
        call(function, seconds=0.5)


def test_child_that_never_reads_the_data_is_killed() -> None:
    child = ChildProcess(bytes, warm_up=lambda: time.sleep(3600), seconds=0.5, max_memory=max_memory())

    with child, pytest.raises(ChildTimedOut):
        child.call(bytes(5 << 20))


def test_child_that_returns_more_than_a_quarter_of_its_memory_is_killed() -> None:
    limit = max_memory()
    with (
        ChildProcess(lambda _: bytes(limit // 4), warm_up=bytes, seconds=30, max_memory=limit) as child,
        pytest.raises(ChildFailed, match=f"more than {limit // 4} bytes"),
    ):
        child.call(b"")


def test_function_that_needs_too_much_memory_gets_a_memory_error() -> None:
    assert call(fill_memory) == b"too much"


def test_output_of_the_function_is_discarded(capfd: pytest.CaptureFixture[str]) -> None:
    def write(_: bytes) -> bytes:
        os.write(1, b"on stdout")
        os.write(2, b"on stderr")
        return b"result"

    assert call(write) == b"result"
    assert capfd.readouterr() == ("", "")


def test_processor_time_is_limited_to_the_deadline_on_every_core() -> None:
    """The limit ends the child process if the parent process is killed, and never before the deadline."""
    soft, hard = call(lambda _: b"%d %d" % resource.getrlimit(resource.RLIMIT_CPU), seconds=30).split()

    assert 30 * (os.cpu_count() or 1) < int(soft) == int(hard) < 60 * (os.cpu_count() or 1)


def test_child_without_a_deadline_is_ended_by_its_processor_time() -> None:
    """If the parent process is killed, no process enforces the deadline. Here the parent process only waits."""
    before = set(psutil.Process().children())
    with ChildProcess(bytes, warm_up=work_endlessly, seconds=-1, max_memory=max_memory()) as child:
        [process] = set(psutil.Process().children()) - before
        for _ in range(600):
            if process.status() == psutil.STATUS_ZOMBIE:
                break
            time.sleep(0.1)

        with pytest.raises(ChildFailed, match=r"SIGKILL|SIGXCPU"):
            child.call(b"")


@pytest.mark.parametrize("function", [crash, bytes])
def test_no_descriptor_remains(function: Callable[[bytes], bytes]) -> None:
    before = open_pipes()

    for _ in range(3):
        try:
            call(function)
        except ChildFailed:
            continue

    assert open_pipes() <= before


def test_no_descriptor_remains_if_the_fork_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    before = open_pipes()
    monkeypatch.setattr(os, "fork", fail)

    with pytest.raises(OSError, match="Cannot allocate memory"):
        ChildProcess(bytes, warm_up=bytes, seconds=30, max_memory=max_memory())

    assert open_pipes() <= before


def test_child_that_is_not_called_is_killed_at_the_end() -> None:
    before = psutil.Process().children()

    with ChildProcess(bytes, warm_up=bytes, seconds=30, max_memory=max_memory()):
        assert len(psutil.Process().children()) == len(before) + 1


def test_child_process_has_no_descriptor_of_its_parent(tmp_path: Path) -> None:
    """A descriptor of the log, of S3 or of the runtime would let an original that takes over the process use it."""
    with (tmp_path / "log").open("w") as log, socket.socket() as connection:
        os.set_inheritable(log.fileno(), True)
        os.set_inheritable(connection.fileno(), True)
        kinds = {target.partition(":")[0] for target in call(open_descriptors).decode().split()}

    assert kinds <= {"pipe", "/dev/null", str(Path("/proc/self/fd/0").readlink()).partition(":")[0]}
