"""The edge function in its bundle: its events, and a sandbox of the local engine that measures it."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from bench.memory import memory_in_use
from bench.peers.peer import BENCH_CORE, ROOT, pin_to_core
from common.contract import SETTINGS_HEADER
from local.lambdas.sandbox_process import SandboxProcess
from local.program.program import Program
from local.program.recorder import record

_SAMPLE_SECONDS: Final = 0.002
"""The pause between two samples of the memory in use."""
_MEMORY_LIMIT: Final = 10_240
"""The limit of a sandbox in MB, which no rendition reaches: the measurement ends no process."""
_TIMEOUT: Final = 3600.0
"""The limit of an invocation in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeFunction:
    """The edge function of the stack `dev`, in a bundle for this machine."""

    task_root: Path
    """The folder of the unpacked bundle."""
    handler: str
    settings_header: str
    """The value of the custom origin header with the settings of the stack."""

    @classmethod
    def build(cls) -> Self:
        """Build the bundle if it does not exist."""
        program = record(ROOT, "dev", overrides={"bundleTarget": "host"})
        functions = program.of("aws:lambda/function:Function")
        function = next(function for function in functions if function.inputs["handler"].startswith("edge."))
        return cls(
            task_root=(ROOT / function.inputs["code"].path).resolve(),
            handler=function.inputs["handler"],
            settings_header=_settings_header(program),
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the stack, such as `bucket`, `renditions` and `max_bytes`."""
        return json.loads(self.settings_header)

    def event(self, key: str, query: str, length: int) -> dict[str, Any]:
        """Return an origin response event, without the fields that the edge function ignores.

        `length` is the size of the original in bytes.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
        """
        origin = {"customHeaders": {SETTINGS_HEADER: [{"key": SETTINGS_HEADER, "value": self.settings_header}]}}
        request = {"method": "GET", "uri": f"/{key}", "querystring": query, "headers": {}, "origin": {"s3": origin}}
        headers = {"content-length": [{"key": "Content-Length", "value": str(length)}]}
        response = {"status": "200", "statusDescription": "OK", "headers": headers}
        config = {"requestId": "1", "eventType": "origin-response"}
        return {"Records": [{"cf": {"config": config, "request": request, "response": response}}]}


class Sandbox:
    """A sandbox of the edge function on one processor, as a context manager that ends its process at exit."""

    def __init__(self, function: EdgeFunction, environment: Mapping[str, str]) -> None:
        """Start the process of the local engine's sandbox, and wait until it has imported the function."""
        self._function = function
        self._log: asyncio.Queue[str] = asyncio.Queue()
        self._runner = asyncio.Runner()
        start = SandboxProcess.start(
            function.task_root, function.handler, environment, memory=_MEMORY_LIMIT, report=self._log.put_nowait
        )
        with pin_to_core(BENCH_CORE):
            self._process = self._runner.run(start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._process.close())
        self._runner.close()

    @contextmanager
    def watched_memory(self) -> Iterator[list[int]]:
        """Yield the bytes of memory in use, sampled every few milliseconds until the context ends.

        A rendition is made in a child process, whose memory Linux no longer knows when it has ended.
        """
        samples = [memory_in_use(self._process.pid)]
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(_SAMPLE_SECONDS):
                samples.append(memory_in_use(self._process.pid))

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield samples
        finally:
            stop.set()
            thread.join()

    def invoke(self, key: str, query: str, length: int) -> dict[str, Any]:
        """Invoke the function, and return its response. `length` is the size of the original in bytes.

        Raises FunctionError if the function fails.
        """
        event = self._function.event(key, query, length)
        return self._runner.run(self._process.invoke(event, _TIMEOUT, function_arn=""))

    def read_log(self) -> dict[str, Any]:
        """Return the next log line of the function: the milliseconds by phase (`ms`), the status, the adjustment."""
        while not (line := self._runner.run(self._log.get())).startswith("{"):
            pass  # Only the line of the function itself is JSON.
        return json.loads(line)


def _settings_header(program: Program) -> str:
    origins = program.of("aws:cloudfront/distribution:Distribution")[0].inputs["origins"]
    headers = (header for origin in origins for header in origin.get("customHeaders") or [])
    return next(header["value"] for header in headers if header["name"] == SETTINGS_HEADER)
