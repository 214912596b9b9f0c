"""Controls the process of a sandbox: starts it, sends events, and enforces the time and memory limits."""

import asyncio
import compileall
import contextlib
import functools
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from local.lambdas.memory_limit import wait_until_exceeded
from local.lambdas.runtime_api import FunctionError, RuntimeApi
from local.lambdas.sandbox_log import LOG_VARIABLE, forward_messages, forward_output
from local.program.program import ProgramError

_SCRIPT: Final = Path(__file__).with_name("sandbox.py")
_MAX_LOG_LINE: Final = 16 << 20
"""The maximum size of a line that the function prints, in bytes."""
_INIT_TIMEOUT: Final = 10.0
"""The seconds in which the handler must be imported, as in Lambda."""


class SandboxProcess:
    """The process of a sandbox. It handles one invocation at a time."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        api: RuntimeApi,
        *,
        messages: int,
        memory: int,
        report: Callable[[str], None],
    ) -> None:
        """Take over a process that has just started. `messages` is a pipe with the messages of the runtime client."""
        assert process.stdout is not None
        self._process = process
        self._api = api
        self._memory = memory
        self._is_over_memory = False
        self._log = asyncio.gather(forward_output(process.stdout, report), forward_messages(messages, report))
        self._end = asyncio.create_task(self._clean_up())

    @classmethod
    async def start(
        cls,
        task_root: Path,
        handler: str,
        environment: Mapping[str, str],
        *,
        memory: int,
        report: Callable[[str], None],
    ) -> Self:
        """Start a process and wait until it has imported the handler. `memory` is its limit in MB.

        Raises FunctionError if the import fails or takes too long.
        """
        api = await RuntimeApi.start()
        messages, messages_writer = os.pipe()
        variables = {
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_RUNTIME_API": api.address,
            LOG_VARIABLE: str(messages_writer),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", "-B", str(_SCRIPT), str(runtime_client_folder()), handler),
                cwd=task_root,
                env={**environment, **variables},
                stdin=asyncio.subprocess.PIPE,  # it stays empty; the process is killed when the engine closes it
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=(messages_writer,),
                limit=_MAX_LOG_LINE,
                start_new_session=True,  # Ctrl-C reaches only the engine, which then ends this process
            )
        except BaseException:
            api.close()
            os.close(messages)
            raise
        finally:
            os.close(messages_writer)
        sandbox = cls(process, api, messages=messages, memory=memory, report=report)
        await sandbox._wait_for(api.initialized, _INIT_TIMEOUT, f"init took more than {_INIT_TIMEOUT:.0f} seconds")
        return sandbox

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process can handle another invocation."""
        return self._process.returncode is None

    async def invoke(self, event: dict[str, Any], timeout: float, *, function_arn: str) -> Any:
        """Return the handler's result. `timeout` is in seconds.

        Raises FunctionError if the function fails. Afterwards, the process is alive only if the handler raised an
        exception.
        """
        result = self._api.invoke(event, function_arn=function_arn, deadline=time.time() + timeout)
        return await self._wait_for(result, timeout, f"Task timed out after {timeout:.2f} seconds")

    async def close(self) -> None:
        """Kill the process and its children, and wait until its log is forwarded."""
        if not self._end.done():
            self._kill()
        await asyncio.wait([self._end])

    async def _wait_for(self, result: asyncio.Future[Any], seconds: float, timeout_message: str) -> Any:
        """Return the result. If there is none, because of an error or a cancellation, the process ends."""
        memory_watch = asyncio.create_task(self._watch_memory())
        try:
            done, _ = await asyncio.wait((result, self._end), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if result in done:
                return result.result()
            raise FunctionError(self._reason_of_end() if self._end in done else timeout_message)
        finally:
            memory_watch.cancel()
            if not result.done():
                await self.close()

    def _reason_of_end(self) -> str:
        if self._is_over_memory:
            return f"Runtime.OutOfMemory: more than {self._memory} MB"
        if self._api.last_error:
            return self._api.last_error
        status = self._process.returncode or 0
        end = f"exit status {status}" if status >= 0 else f"signal: {signal.strsignal(-status)}"
        return f"Runtime.ExitError: Runtime exited with error: {end}"

    async def _clean_up(self) -> None:
        """Wait until the process has ended, then end its children, its log and its API."""
        await self._process.wait()
        self._kill()
        await self._log
        self._api.close()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _watch_memory(self) -> None:
        self._is_over_memory = await wait_until_exceeded(self._process.pid, self._memory)
        self._kill()  # also the children of a process that has ended by itself: asyncio waits for their output


@functools.cache
def runtime_client_folder() -> Path:
    """Return the folder in which the runtime client is installed, with compiled modules.

    uv installs modules without compiling them, and a sandbox writes no files: it would compile them at each start.
    Raises ProgramError if the runtime client is not installed.
    """
    spec = importlib.util.find_spec("awslambdaric")
    if spec is None or spec.origin is None:
        raise ProgramError(
            "the package awslambdaric, which runs the functions, is not installed: run `make setup` on Linux "
            "(x86-64 or arm64), which can be a virtual machine, a container or WSL"
        )
    folder = Path(spec.origin).parents[1]
    for package in ("awslambdaric", "simplejson"):
        compileall.compile_dir(folder / package, maxlevels=0, quiet=2)
    return folder
