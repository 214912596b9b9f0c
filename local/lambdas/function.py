"""The declared Lambda function, run from its bundle in clean subprocesses, within its memory and its time."""

import asyncio
import contextlib
import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from local.program.program import Resource

_SANDBOX = Path(__file__).with_name("sandbox.py")
_LINE = 16 << 20  # bytes; no answer that CloudFront would take is longer
_INIT = 10.0  # seconds, as Lambda allows


class FunctionError(Exception):
    """The function raised, crashed, or went over its time or memory; CloudFront answers 503."""


class Sandbox:
    """One process, one invocation at a time."""

    def __init__(self, process: asyncio.subprocess.Process, memory: int, log: Callable[[str], None]) -> None:
        self._process = process
        self._memory = memory
        self._logging = asyncio.create_task(self._forward(log))
        self._over_memory = False

    @property
    def alive(self) -> bool:
        """Whether it can take another invocation."""
        return self._process.returncode is None

    async def invoke(self, event: dict[str, Any], timeout: float) -> Any:
        """The handler's answer; FunctionError otherwise, after which only a handler that raised is still alive."""
        asked = {"event": event, "id": str(uuid.uuid4()), "deadline": time.time() + timeout}
        assert self._process.stdin is not None
        watch = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(timeout):
                self._process.stdin.write(json.dumps(asked).encode() + b"\n")
                await self._process.stdin.drain()
                answer = await self.read()
        except TimeoutError:
            await self.end()
            raise FunctionError(f"Task timed out after {timeout:.2f} seconds") from None
        except ConnectionError:
            await self.end()
            raise FunctionError("Runtime.ExitError: the process is gone") from None
        finally:
            watch.cancel()
        if "error" in answer:
            raise FunctionError("{type}: {message}\n{trace}".format(**answer["error"]))
        return answer["result"]

    async def read(self) -> dict[str, Any]:
        """The next line; FunctionError when there is none."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            await self.end()
            raise FunctionError(
                f"Runtime.OutOfMemory: more than {self._memory} MB"
                if self._over_memory
                else f"Runtime.ExitError: exit status {self._process.returncode}"
            )
        return json.loads(line)

    async def end(self) -> None:
        """Kills it, if need be, and waits for what it still had to log."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._logging

    async def _watch(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._process.pid)
            while process.memory_info().rss <= self._memory << 20:
                await asyncio.sleep(0.02)
            self._over_memory = True
            process.kill()

    async def _forward(self, log: Callable[[str], None]) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            log(line.decode(errors="replace").rstrip())


def _name(resource: Resource, region: str) -> str:
    home: str = resource.outputs["region"]
    # A replica at the edge has its home in front of its name.
    return resource.outputs["name"] if region == home else f"{home}.{resource.outputs['name']}"


class LambdaFunction:
    """At most a sandbox per processor, kept warm. `environment`: the role's credentials, and where AWS is."""

    def __init__(
        self, resource: Resource, *, root: Path, region: str, environment: dict[str, str], log: Callable[[str], None]
    ) -> None:
        inputs = resource.inputs
        self._task_root = (root / inputs["code"].path).resolve()
        self._handler: str = inputs["handler"]
        self._timeout = float(inputs.get("timeout", 3))
        self._memory = int(inputs.get("memorySize", 128))
        self._log = log
        self._idle: list[Sandbox] = []
        self._turn = asyncio.Semaphore(os.cpu_count() or 1)
        self._environment = {
            # Everything that Lambda sets and a handler could meet; nothing of this machine's own environment.
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{inputs['runtime']}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self._memory),
            "AWS_LAMBDA_FUNCTION_NAME": _name(resource, region),
            "AWS_LAMBDA_FUNCTION_VERSION": resource.outputs["version"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "LAMBDA_TASK_ROOT": str(self._task_root),
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": f"{self._task_root}:{self._task_root}/lib",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
            **environment,
        }

    async def invoke(self, event: dict[str, Any]) -> Any:
        """The handler's answer to one event; FunctionError for everything else."""
        async with self._turn:
            sandbox = self._warm() or await self._start()
            try:
                return await sandbox.invoke(event, self._timeout)
            finally:
                if sandbox.alive:
                    self._idle.append(sandbox)

    async def close(self) -> None:
        """Ends every sandbox."""
        while self._idle:
            await self._idle.pop().end()

    def _warm(self) -> Sandbox | None:
        while self._idle:
            sandbox = self._idle.pop()
            if sandbox.alive:
                return sandbox
        return None

    async def _start(self) -> Sandbox:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-B", str(_SANDBOX), str(self._task_root), self._handler),
            cwd=self._task_root,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
            start_new_session=True,  # Ctrl-C is for the engine, which then ends this
        )
        sandbox = Sandbox(process, self._memory, self._log)
        try:
            async with asyncio.timeout(_INIT):
                await sandbox.read()
        except TimeoutError:
            await sandbox.end()
            raise FunctionError(f"init took more than {_INIT:.0f} seconds") from None
        except asyncio.CancelledError:  # the engine ends: nobody else knows of the process yet
            await sandbox.end()
            raise
        return sandbox
