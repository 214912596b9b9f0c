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
from bench.edge_function import INTERPRETER, EdgeFunction, parse_log
from bench.local_s3 import serve_originals
from bench.peers.peer import BENCH_CORE, NODE, ROOT, pin_to_core

_QUERY: Final = "format=webp&width=320"
_NO_ORIGINAL: Final = "no original"
"""The format under which `measure` collects the times of the interpreters, which make no rendition."""
_FOLDER: Final = Path(__file__).parent
_LAUNCHES: Final = 15
_QUICK_LAUNCHES: Final = 5


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

    Return `ms`, the milliseconds by format of the original and kind of process, `interpreters`, the milliseconds of the
    interpreters without any work, and `phases`, the milliseconds of the edge function by format and phase.
    """
    function = EdgeFunction.build()
    paths = {kind: originals.photograph_path(kind, 0.3) for kind in originals.FORMATS}
    by_format = {kind: _launches(function, path) for kind, path in paths.items()} | {_NO_ORIGINAL: _interpreters()}
    launches = {(kind, name): launch for kind, group in by_format.items() for name, launch in group.items()}
    times: dict[tuple[str, str], list[float]] = {key: [] for key in launches}
    phases: dict[str, list[dict[str, float]]] = {kind: [] for kind in paths}
    with serve_originals(function.settings["bucket"], function.settings["renditions"], paths.values()) as environment:
        for number in range(-1, _QUICK_LAUNCHES if quick else _LAUNCHES):
            for (kind, name), launch in launches.items():
                milliseconds, log = _time_launch(launch, environment)
                if number >= 0:  # The first launch only loads the files into the page cache.
                    times[kind, name].append(milliseconds)
                    phases.get(kind, []).extend([parse_log(log.splitlines())["ms"]] if log else [])
            latest = {" ".join(key): round(values[-1]) for key, values in times.items() if values}
            sys.stderr.write(f"cold start {number + 2}: {latest}\n")
    summary = _summarize(times)
    interpreters = summary.pop(_NO_ORIGINAL)
    medians = {kind: _medians(timings) for kind, timings in phases.items()}
    return {"ms": summary, "interpreters": interpreters, "phases": medians}


def _summarize(times: Mapping[tuple[str, str], list[float]]) -> dict[str, dict[str, dict[str, float]]]:
    summary: dict[str, dict[str, dict[str, float]]] = {}
    for (kind, name), values in times.items():
        median = round(statistics.median(values), 1)
        summary.setdefault(kind, {})[name] = {"min": round(min(values), 1), "median": median}
    return summary


def _medians(timings: list[dict[str, float]]) -> dict[str, float]:
    return {phase: round(statistics.median(timing[phase] for timing in timings), 1) for phase in timings[0]}


def _launches(function: EdgeFunction, original: Path) -> dict[str, Launch]:
    bucket, key = function.settings["bucket"], original.name
    invocation = function.invocation(key, _QUERY, original.stat().st_size)
    return {
        "ours": Launch(command=function.command, stdin=invocation),
        "node": Launch(command=[str(NODE), str(_FOLDER / "node.mjs"), bucket, key]),
        "boto3": Launch(command=[sys.executable, "-B", str(_FOLDER / "boto.py"), bucket, key]),
    }


def _interpreters() -> dict[str, Launch]:
    return {
        "python": Launch(command=[*INTERPRETER, "-c", "print()"], renders=False),
        "node": Launch(command=[str(NODE), "-e", "console.log()"], renders=False),
    }


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
