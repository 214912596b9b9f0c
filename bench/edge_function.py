"""The edge function in its bundle: the command that starts it, its invocations, and a sandbox that measures them."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

from bench.memory import memory_in_use
from bench.peers.peer import BENCH_CORE, ROOT, pin_to_core
from common.contract import SETTINGS_HEADER
from local.program.program import Program
from local.program.recorder import record

INTERPRETER: Final = [sys.executable, "-I", "-S", "-B"]
"""A Python that imports only the standard library."""
_SAMPLE_SECONDS: Final = 0.002
"""The pause between two samples of the memory in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeFunction:
    """The edge function of the stack `dev`, in a bundle for this machine."""

    command: list[str]
    """The command that starts a sandbox, which reads invocations from its standard input."""
    settings_header: str
    """The value of the custom origin header with the settings of the stack."""

    @classmethod
    def build(cls) -> Self:
        """Build the bundle if it does not exist."""
        program = record(ROOT, "dev", overrides={"bundleTarget": "host"})
        functions = program.of("aws:lambda/function:Function")
        function = next(function for function in functions if function.inputs["handler"].startswith("edge."))
        bundle = str((ROOT / function.inputs["code"].path).resolve())
        sandbox = str(ROOT / "local" / "lambdas" / "sandbox.py")
        return cls(
            command=[*INTERPRETER, sandbox, bundle, function.inputs["handler"]],
            settings_header=_settings_header(program),
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the stack, such as `bucket`, `renditions` and `max_bytes`."""
        return json.loads(self.settings_header)

    def invocation(self, key: str, query: str, length: int) -> str:
        """Return the line that invokes the function in a sandbox. `length` is the size of the original in bytes.

        The line contains an origin response event, without the fields that the edge function ignores.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
        """
        origin = {"customHeaders": {SETTINGS_HEADER: [{"key": SETTINGS_HEADER, "value": self.settings_header}]}}
        request = {"method": "GET", "uri": f"/{key}", "querystring": query, "headers": {}, "origin": {"s3": origin}}
        headers = {"content-length": [{"key": "Content-Length", "value": str(length)}]}
        response = {"status": "200", "statusDescription": "OK", "headers": headers}
        config = {"requestId": "1", "eventType": "origin-response"}
        event = {"Records": [{"cf": {"config": config, "request": request, "response": response}}]}
        return json.dumps({"event": event, "id": "1", "deadline": time.time() + 3600}) + "\n"


class Sandbox:
    """A sandbox of the edge function on one processor, as a context manager that ends its process at exit."""

    def __init__(self, function: EdgeFunction, environment: Mapping[str, str]) -> None:
        self._function = function
        with pin_to_core(BENCH_CORE):
            self._process = subprocess.Popen(
                function.command,
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        self._read_result()  # With the first line, the sandbox reports that it is ready.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

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
        """Invoke the function, and return its log line: the milliseconds by phase (`ms`), the status, the outcome.

        Raises RuntimeError if the function fails.
        """
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.write(self._function.invocation(key, query, length))
        self._process.stdin.flush()
        self._read_result()
        return parse_log(self._process.stderr)

    def _read_result(self) -> None:
        assert self._process.stdout is not None
        result = json.loads(self._process.stdout.readline() or '{"error": "the process ended"}')
        if "error" in result:
            raise RuntimeError(f"The edge function failed in its sandbox: {result['error']}")


def parse_log(lines: Iterable[str]) -> dict[str, Any]:
    """Return the next log line of the edge function. Other lines on the standard error are not JSON."""
    return json.loads(next(line for line in lines if line.startswith("{")))


def _settings_header(program: Program) -> str:
    origins = program.of("aws:cloudfront/distribution:Distribution")[0].inputs["origins"]
    headers = (header for origin in origins for header in origin.get("customHeaders") or [])
    return next(header["value"] for header in headers if header["name"] == SETTINGS_HEADER)
