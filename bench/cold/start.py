"""The measurement of cold starts: the edge function's bundle, Node with the AWS SDK, and Python with boto3, in turn."""

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.cold.local_s3 import serve_original
from bench.peers.peer import BENCH_CORE, NODE, ROOT, pin_to_core
from common.contract import SETTINGS_HEADER
from local.program.program import Program, Resource
from local.program.recorder import record

_KEY: Final = "photograph.jpg"
_QUERY: Final = "format=webp&width=320"
_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A process to start and time."""

    command: list[str]
    stdin: str = ""
    """The line to send to the process. If the line is empty, the process starts its work immediately."""
    renders: bool = True
    """Whether the process makes a rendition. If not, the launch measures only the start of the interpreter."""


def measure(*, quick: bool) -> dict[str, Any]:
    """Measure the cold starts.

    Return `ms`, the milliseconds by kind of process, and `ours`, the milliseconds of the edge function by phase.
    """
    program = record(ROOT, "dev", overrides={"bundleTarget": "host"})
    settings = _settings_header(program)
    bucket = json.loads(settings["value"])["bucket"]
    times: dict[str, list[float]] = {}
    phases: list[dict[str, float]] = []
    original = originals.photograph_path("jpeg", 0.3).read_bytes()
    with serve_original(bucket, _KEY, original) as environment:
        launches = _launches(_edge_function(program), settings, bucket, len(original))
        for number in range(-1, 7 if quick else 31):
            for name, launch in launches.items():
                milliseconds, log = _time_launch(launch, environment)
                if number >= 0:  # The first launch only loads the files into the page cache.
                    times.setdefault(name, []).append(milliseconds)
                    phases += [json.loads(log)["ms"]] if log else []
            latest = {name: round(values[-1]) for name, values in times.items()}
            sys.stderr.write(f"cold start {number + 2}: {latest}\n")
    ours = {phase: round(statistics.median(timing[phase] for timing in phases), 1) for phase in phases[0]}
    return {"ms": {name: _summarize(values) for name, values in times.items()}, "ours": ours}


def _summarize(times: list[float]) -> dict[str, float]:
    return {"min": round(min(times), 1), "median": round(statistics.median(times), 1)}


def _edge_function(program: Program) -> Resource:
    functions = program.of("aws:lambda/function:Function")
    return next(function for function in functions if function.inputs["handler"].startswith("edge."))


def _settings_header(program: Program) -> dict[str, str]:
    """Return the custom origin header that carries the settings of the edge function."""
    origins = program.of("aws:cloudfront/distribution:Distribution")[0].inputs["origins"]
    headers = (header for origin in origins for header in origin.get("customHeaders") or [])
    return next(header for header in headers if header["name"] == SETTINGS_HEADER)


def _launches(function: Resource, settings: Mapping[str, str], bucket: str, length: int) -> dict[str, Launch]:
    bundle = str((ROOT / function.inputs["code"].path).resolve())
    isolated = [sys.executable, "-I", "-S", "-B"]
    sandbox = [*isolated, str(ROOT / "local" / "lambdas" / "sandbox.py"), bundle, function.inputs["handler"]]
    invocation = {"event": _event(settings, length), "id": "1", "deadline": time.time() + 3600}
    return {
        "ours": Launch(command=sandbox, stdin=json.dumps(invocation) + "\n"),
        "node": Launch(command=[str(NODE), str(_FOLDER / "node.mjs"), bucket, _KEY]),
        "boto3": Launch(command=[sys.executable, "-B", str(_FOLDER / "boto.py"), bucket, _KEY]),
        "python alone": Launch(command=[*isolated, "-c", "print()"], renders=False),
        "node alone": Launch(command=[str(NODE), "-e", "console.log()"], renders=False),
    }


def _event(settings: Mapping[str, str], length: int) -> dict[str, Any]:
    """Return an origin response event, without the fields that the edge function ignores.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    """
    origin = {"customHeaders": {settings["name"]: [{"key": settings["name"], "value": settings["value"]}]}}
    request = {"method": "GET", "uri": f"/{_KEY}", "querystring": _QUERY, "headers": {}, "origin": {"s3": origin}}
    headers = {"content-length": [{"key": "Content-Length", "value": str(length)}]}
    response = {"status": "200", "statusDescription": "OK", "headers": headers}
    config = {"requestId": "1", "eventType": "origin-response"}
    return {"Records": [{"cf": {"config": config, "request": request, "response": response}}]}


def _time_launch(launch: Launch, environment: Mapping[str, str]) -> tuple[float, str]:
    """Return the milliseconds from the start of the process to its result, and the log of the edge function.

    Raises RuntimeError if the process should make a rendition but returns no WebP.
    """
    with pin_to_core(BENCH_CORE):
        started = time.perf_counter()
        process = subprocess.Popen(
            launch.command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        process.stdin.write(launch.stdin)
        process.stdin.flush()
        line = process.stdout.readline()
        if launch.stdin:  # With the first line, the sandbox only reports that it is ready.
            line = process.stdout.readline()
        milliseconds = (time.perf_counter() - started) * 1000
        process.stdin.close()
        log = process.stderr.read()
    if launch.renders and not _is_webp(line):
        raise RuntimeError(
            f"The command {launch.command} returned {line!r} instead of a WebP. Its standard error contains: {log!r}"
        )
    return milliseconds, log if launch.stdin else ""


def _is_webp(line: str) -> bool:
    body: str = json.loads(line or "{}").get("result", {}).get("body", "")
    return base64.b64decode(body)[8:12] == b"WEBP"
