"""Controls the process of a sandbox: starts it, sends events, and enforces the time and memory limits."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

import psutil

_SCRIPT: Final = Path(__file__).with_name("sandbox.py")
_MAX_LINE: Final = 16 << 20
"""The maximum size of a result in bytes. CloudFront accepts no response of this size."""
_INIT_TIMEOUT: Final = 10.0
"""The seconds in which the handler must be imported, as in Lambda."""
_MEMORY_INTERVAL: Final = 0.05
"""The seconds between two checks of the memory in use."""


class FunctionError(Exception):
    """The function raised an exception, crashed, or exceeded its time or memory limit. CloudFront responds 503."""


class SandboxProcess:
    """The process of a sandbox. It handles one invocation at a time."""

    def __init__(self, process: asyncio.subprocess.Process, memory: int, report: Callable[[str], None]) -> None:
        self._process = process
        self._memory = memory
        self._log_forwarder = asyncio.create_task(self._forward_log(report))
        self._is_over_memory = False

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
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-B", str(_SCRIPT), str(task_root), handler),
            cwd=task_root,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_MAX_LINE,
            start_new_session=True,  # Ctrl-C reaches only the engine, which then ends this process
        )
        sandbox = cls(process, memory, report)
        try:
            async with asyncio.timeout(_INIT_TIMEOUT):
                await sandbox._read()
        except TimeoutError:
            await sandbox.close()
            raise FunctionError(f"init took more than {_INIT_TIMEOUT:.0f} seconds") from None
        except asyncio.CancelledError:  # the engine is closing, and only this coroutine can end the process
            await sandbox.close()
            raise
        return sandbox

    @property
    def is_alive(self) -> bool:
        """Whether the process can handle another invocation."""
        return self._process.returncode is None

    async def invoke(self, event: dict[str, Any], timeout: float) -> Any:
        """Return the handler's result. `timeout` is in seconds.

        Raises FunctionError if the function fails. Afterwards, the process is alive only if the handler raised an
        exception.
        """
        invocation = {"event": event, "id": str(uuid.uuid4()), "deadline": time.time() + timeout}
        assert self._process.stdin is not None
        memory_watch = asyncio.create_task(self._watch_memory())
        try:
            async with asyncio.timeout(timeout):
                self._process.stdin.write(json.dumps(invocation).encode() + b"\n")
                await self._process.stdin.drain()
                output = await self._read()
        except TimeoutError:
            await self.close()
            raise FunctionError(f"Task timed out after {timeout:.2f} seconds") from None
        except ConnectionError:
            await self.close()
            raise FunctionError("Runtime.ExitError: the process has ended") from None
        finally:
            memory_watch.cancel()
        if "error" in output:
            raise FunctionError("{type}: {message}\n{trace}".format(**output["error"]))
        return output["result"]

    async def close(self) -> None:
        """Kill the process and its children, and wait until its log is forwarded."""
        self._kill()
        await self._process.wait()
        await self._log_forwarder

    async def _read(self) -> dict[str, Any]:
        """Return the next line of output. Raises FunctionError if the process ended instead."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            await self.close()
            raise FunctionError(
                f"Runtime.OutOfMemory: more than {self._memory} MB"
                if self._is_over_memory
                else f"Runtime.ExitError: exit status {self._process.returncode}"
            )
        return json.loads(line)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _watch_memory(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._process.pid)
            while _memory_in_use(process) <= self._memory << 20:
                await asyncio.sleep(_MEMORY_INTERVAL)
            self._is_over_memory = True
            self._kill()

    async def _forward_log(self, report: Callable[[str], None]) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            report(line.decode(errors="replace").rstrip())


def _memory_in_use(process: psutil.Process) -> int:
    """Return the bytes of memory of a process and its children. Memory that they share counts once."""
    in_use: int = process.memory_info().rss
    for child in process.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            in_use += child.memory_full_info().uss
    return in_use
