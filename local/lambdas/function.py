"""A declared Lambda function, run from its bundle in a pool of sandboxes."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.lambdas.sandbox_process import SandboxProcess
from local.program.output_functions import ACCOUNT
from local.program.program import Resource


class LambdaFunction:
    """One function in one Region, with at most one sandbox per processor. Idle sandboxes stay warm."""

    def __init__(
        self,
        resource: Resource,
        *,
        root: Path,
        region: str,
        environment: Mapping[str, str],
        report: Callable[[str], None],
    ) -> None:
        """Create an empty pool.

        `environment` contains the role's credentials and the endpoints. The pool adds the variables that Lambda sets.
        `report` receives the function's log, line by line.
        """
        inputs = resource.inputs
        self._task_root = (root / inputs["code"].path).resolve()
        # The lock keeps the bundle: infra/packaging/old_bundles.py removes bundles that nothing uses.
        self._bundle_lock = os.open(self._task_root, os.O_RDONLY)
        fcntl.flock(self._bundle_lock, fcntl.LOCK_SH)
        self._handler: str = inputs["handler"]
        self._timeout = float(inputs.get("timeout", 3))
        self._memory = int(inputs.get("memorySize", 128))
        self._report = report
        self._idle: list[SandboxProcess] = []
        self._free_slots = asyncio.Semaphore(os.cpu_count() or 1)
        name, version = _name_in_region(resource, region), resource.outputs["version"]
        self._arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}:{version}"
        self._environment = {
            # Lambda sets these variables, and a handler may read them. It must not read the variables of this machine.
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{inputs['runtime']}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self._memory),
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": f"{self._task_root}:{self._task_root}/lib",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
            "_HANDLER": self._handler,
            **_log_variables(inputs.get("loggingConfig") or {}),
            **environment,
        }

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's result for one event. Raises FunctionError if the function fails."""
        async with self._free_slots:
            sandbox = self._take_warm_sandbox() or await self._start_sandbox()
            try:
                return await sandbox.invoke(event, self._timeout, function_arn=self._arn)
            finally:
                if sandbox.is_alive:
                    self._idle.append(sandbox)

    async def close(self) -> None:
        """End all sandboxes, and unlock the bundle."""
        while self._idle:
            await self._idle.pop().close()
        os.close(self._bundle_lock)

    def _take_warm_sandbox(self) -> SandboxProcess | None:
        while self._idle:
            sandbox = self._idle.pop()
            if sandbox.is_alive:
                return sandbox
        return None

    async def _start_sandbox(self) -> SandboxProcess:
        return await SandboxProcess.start(
            self._task_root, self._handler, self._environment, memory=self._memory, report=self._report
        )


def _log_variables(config: Mapping[str, str]) -> dict[str, str]:
    """Return the variables from which the runtime client reads the declared format and level of the log."""
    variables = {
        "AWS_LAMBDA_LOG_FORMAT": config.get("logFormat"),
        "AWS_LAMBDA_LOG_LEVEL": config.get("applicationLogLevel"),
    }
    return {name: value for name, value in variables.items() if value}


def _name_in_region(resource: Resource, region: str) -> str:
    home_region: str = resource.outputs["region"]
    # The name of a replica of an edge function begins with its home Region.
    return resource.outputs["name"] if region == home_region else f"{home_region}.{resource.outputs['name']}"
