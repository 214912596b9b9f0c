"""Test what a sandbox guarantees: with AWS's runtime client in a real process, and small handlers."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.lambdas import sandbox_process
from local.lambdas.runtime_api import FunctionError
from local.lambdas.sandbox_process import SandboxProcess
from tests.support.served_stack import wait_until

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13", "AWS_LAMBDA_FUNCTION_NAME": "f"}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:7"
FORK = """
import os, time
def fork(then):
    pid = os.fork()
    if pid == 0:
        then()
        os._exit(0)
    print("child", pid, flush=True)
"""


class Run:
    """A sandbox in which a test runs a handler, and the lines of its log."""

    def __init__(self, folder: Path, handler: str, **environment: str) -> None:
        (folder / "main.py").write_text(textwrap.dedent(handler))
        self._folder = folder
        self._environment = ENVIRONMENT | environment
        self.log: list[str] = []

    async def start(self) -> SandboxProcess:
        return await SandboxProcess.start(
            self._folder, "main.handler", self._environment, memory=200, report=self.log.append
        )

    def with_sandbox(self, use: Callable[[SandboxProcess], Awaitable[Any]]) -> Any:
        """Return the result of a coroutine that uses the sandbox, which is closed afterwards."""

        async def run() -> Any:
            sandbox = await self.start()
            try:
                return await use(sandbox)
            finally:
                await sandbox.close()

        return asyncio.run(run())

    def invoke(self, event: dict[str, Any] | None = None, *, timeout: float = 10) -> Any:
        return self.with_sandbox(lambda sandbox: sandbox.invoke(event or {}, timeout, function_arn=ARN))

    def child_ids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.log if line.startswith("child ")]


def is_running(pid: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_context_has_the_documented_attributes(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        """
        def handler(event, context):
            return {"arn": context.invoked_function_arn, "name": context.function_name, "event": event,
                    "remaining": context.get_remaining_time_in_millis()}
        """,
    )

    result = run.invoke({"key": "\N{SNOWMAN}"}, timeout=10)

    assert 0 < result.pop("remaining") <= 10_000
    assert result == {"arn": ARN, "name": "f", "event": {"key": "\N{SNOWMAN}"}}


def test_exception_has_type_and_message_and_its_trace_is_logged(tmp_path: Path) -> None:
    run = Run(tmp_path, "def handler(event, context):\n    raise ValueError('too wide')\n")

    with pytest.raises(FunctionError, match=r"^ValueError: too wide$"):
        run.invoke()

    assert run.log[:2] == ["[ERROR] ValueError: too wide", "Traceback (most recent call last):"]
    assert any('main.py", line 2, in handler' in line for line in run.log)


def test_failed_import_is_an_error_with_its_trace_in_the_log(tmp_path: Path) -> None:
    run = Run(tmp_path, "import no_such_module\n")

    with pytest.raises(FunctionError, match=r"^Runtime.ImportModuleError: Unable to import module 'main': No module"):
        run.invoke()

    assert any("[ERROR] Runtime.ImportModuleError" in line for line in run.log)


def test_import_that_takes_too_long_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_process, "_INIT_TIMEOUT", 1.0)
    run = Run(tmp_path, FORK + "fork(lambda: time.sleep(60))\ntime.sleep(60)\n")

    with pytest.raises(FunctionError, match=r"^init took more than 1 seconds$"):
        run.invoke()

    wait_until(lambda: not any(map(is_running, run.child_ids())))
    assert run.child_ids()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("os._exit(3)", "^Runtime.ExitError: Runtime exited with error: exit status 3$"),
        ("os.kill(os.getpid(), 9)", "^Runtime.ExitError: Runtime exited with error: signal: Killed$"),
        ("return b'not json'", "is not JSON"),
        ("return 'x' * 7_000_000", "^Function.ResponseSizeTooLarge: Response payload size"),
    ],
)
def test_invocation_without_a_valid_response_is_an_error(tmp_path: Path, code: str, error: str) -> None:
    run = Run(tmp_path, f"import os\ndef handler(event, context):\n    {code}\n")

    with pytest.raises(FunctionError, match=error):
        run.invoke()


def test_process_has_ended_after_a_response_that_is_too_large(tmp_path: Path) -> None:
    run = Run(tmp_path, "def handler(event, context):\n    return 'x' * 7_000_000\n")

    async def is_alive_afterwards(sandbox: SandboxProcess) -> bool:
        with pytest.raises(FunctionError):
            await sandbox.invoke({}, 10, function_arn=ARN)
        return sandbox.is_alive

    assert not run.with_sandbox(is_alive_afterwards)


def test_response_and_event_of_almost_6_mb_are_accepted(tmp_path: Path) -> None:
    run = Run(tmp_path, "def handler(event, context):\n    return event\n")
    event = {"text": "x" * 6_291_000}

    assert run.invoke(event) == event


def test_event_of_more_than_6_mb_is_an_error(tmp_path: Path) -> None:
    run = Run(tmp_path, "def handler(event, context):\n    return event\n")

    with pytest.raises(FunctionError, match=r"^RequestEntityTooLargeException: Request must be smaller than 6291456"):
        run.invoke({"text": "x" * 6_300_000})


def test_timeout_ends_the_process_and_its_children(tmp_path: Path) -> None:
    run = Run(tmp_path, FORK + "def handler(event, context):\n    fork(lambda: time.sleep(60))\n    time.sleep(60)\n")

    with pytest.raises(FunctionError, match=r"^Task timed out after 1.00 seconds$"):
        run.invoke(timeout=1)

    wait_until(lambda: not any(map(is_running, run.child_ids())))
    assert run.child_ids()


def test_crash_ends_the_children_of_the_process(tmp_path: Path) -> None:
    """Even a child that holds the standard output of the process does not delay the error."""
    run = Run(tmp_path, FORK + "def handler(event, context):\n    fork(lambda: time.sleep(60))\n    os._exit(3)\n")

    with pytest.raises(FunctionError, match=r"exit status 3$"):
        run.invoke(timeout=30)

    wait_until(lambda: not any(map(is_running, run.child_ids())))
    assert run.child_ids()


def test_memory_of_a_child_process_counts(tmp_path: Path) -> None:
    hoard = "    fork(lambda: time.sleep(60 + len(bytearray(os.urandom(1)) * (300 << 20))))\n"
    run = Run(tmp_path, FORK + f"def handler(event, context):\n{hoard}    time.sleep(60)\n")

    with pytest.raises(FunctionError, match=r"^Runtime.OutOfMemory: more than 200 MB$"):
        run.invoke(timeout=30)

    wait_until(lambda: not any(map(is_running, run.child_ids())))
    assert run.child_ids()


def test_cancelled_invocation_ends_the_process(tmp_path: Path) -> None:
    run = Run(tmp_path, "import time\ndef handler(event, context):\n    time.sleep(60)\n")

    async def is_alive_after_cancellation(sandbox: SandboxProcess) -> bool:
        task = asyncio.create_task(sandbox.invoke({}, 30, function_arn=ARN))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return sandbox.is_alive

    assert not run.with_sandbox(is_alive_after_cancellation)


def test_sandbox_and_its_children_end_when_the_engine_is_killed(tmp_path: Path) -> None:
    """The handler computes, so that neither its standard input nor the Runtime API can tell it."""
    handler = "def handler(event, context):\n    print('sandbox', os.getpid(), flush=True)\n"
    (tmp_path / "main.py").write_text(FORK + handler + "    fork(lambda: time.sleep(60))\n    while True: pass\n")
    engine = f"""
import asyncio, functools
from pathlib import Path
from local.lambdas.sandbox_process import SandboxProcess
async def main():
    report = functools.partial(print, flush=True)
    sandbox = await SandboxProcess.start(Path({str(tmp_path)!r}), "main.handler", {{}}, memory=200, report=report)
    await sandbox.invoke({{}}, 60, function_arn="")
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", engine], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(process.stdout.readline().split()[1]) for _ in range(2)]
    assert all(map(is_running, pids))

    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    wait_until(lambda: not any(map(is_running, pids)))


def test_output_of_the_function_is_forwarded_line_by_line(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        """
        import logging, sys
        print("at import")
        def handler(event, context):
            print("to stdout\\nsecond line")
            print("to stderr", file=sys.stderr)
            logging.warning("a warning\\nof two lines")
        """,
    )

    run.invoke()

    # The runtime client sends the messages of `logging` on a pipe of their own, so their place in the log can differ.
    first = next(index for index, line in enumerate(run.log) if line.startswith("[WARNING]\t"))
    warning = run.log[first : first + 2]
    assert [line.rpartition("\t")[2] for line in warning] == ["a warning", "of two lines"]
    assert [line for line in run.log if line not in warning] == ["at import", "to stdout", "second line", "to stderr"]


def test_message_of_more_than_64_kb_is_forwarded_whole(tmp_path: Path) -> None:
    run = Run(tmp_path, "import logging\ndef handler(event, context):\n    logging.error('x' * 1_000_000)\n")

    run.invoke()

    assert [len(line.rpartition("\t")[2]) for line in run.log] == [1_000_000]


def test_runtime_client_is_compiled_before_a_sandbox_starts(tmp_path: Path) -> None:
    """Otherwise each sandbox would compile it, because a sandbox writes no files."""
    run = Run(
        tmp_path,
        """
        import sys
        def handler(event, context):
            modules = {name: module.__spec__ for name, module in sys.modules.items() if module.__spec__}
            names = ("awslambdaric", "simplejson")
            return {name: spec.cached for name, spec in modules.items() if name.startswith(names) and spec.cached}
        """,
    )

    compiled = run.invoke()

    assert {"awslambdaric.bootstrap", "awslambdaric.lambda_literals", "simplejson.encoder"} <= compiled.keys()
    assert [name for name, file in compiled.items() if not Path(file).exists()] == []


def test_bundle_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("")
    run = Run(tmp_path, "import helper\ndef handler(event, context):\n    import awslambdaric.lambda_literals\n")

    run.invoke()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["helper.py", "main.py"]


def test_log_in_json_format_has_one_object_per_line(tmp_path: Path) -> None:
    handler = "import logging\ndef handler(event, context):\n    logging.warning('a warning')\n    1 / 0\n"
    run = Run(tmp_path, handler, AWS_LAMBDA_LOG_FORMAT="JSON")

    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        run.invoke()

    warning, error = map(json.loads, run.log)
    assert (warning["level"], warning["message"]) == ("WARNING", "a warning")
    assert (error["errorType"], error["requestId"]) == ("ZeroDivisionError", warning["requestId"])


def test_package_of_the_bundle_hides_the_one_of_the_runtime(tmp_path: Path) -> None:
    (tmp_path / "snapshot_restore_py.py").write_text("")
    run = Run(
        tmp_path,
        """
        import awslambdaric, snapshot_restore_py
        def handler(event, context):
            return [awslambdaric.__file__, snapshot_restore_py.__file__]
        """,
    )

    runtime, own = run.invoke()

    assert "site-packages" in runtime
    assert own == str(tmp_path / "snapshot_restore_py.py")
