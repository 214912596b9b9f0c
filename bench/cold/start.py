"""The measurement of cold starts: the edge function's bundle, Node with the AWS SDK, and Python with boto3, in turn."""

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import originals
from bench.edge_function import EdgeFunction, Sandbox
from bench.local_s3 import serve_originals
from bench.peers.peer import BENCH_CORE, NODE, ROOT, pin_to_core

_QUERY: Final = "format=webp&width=320"
_NO_ORIGINAL: Final = "no original"
"""The format under which `measure` collects the times of the interpreters, which make no rendition."""
_FOLDER: Final = Path(__file__).parent
_LAUNCHES: Final = 15
_QUICK_LAUNCHES: Final = 5


class Launch(NamedTuple):
    """The measurement of one process."""

    milliseconds: float
    """The time from the start of the process to its result."""
    phases: dict[str, float] | None = None
    """The milliseconds of the edge function by phase, from its log."""


_Environment = Mapping[str, str]


def measure(*, quick: bool) -> dict[str, Any]:
    """Measure the cold starts.

    Return `ms`, the milliseconds by format of the original and kind of process, `interpreters`, the milliseconds of the
    interpreters without any work, and `phases`, the milliseconds of the edge function by format and phase.
    """
    function = EdgeFunction.build()
    paths = {kind: originals.photograph_path(kind, 0.3) for kind in originals.FORMATS}
    by_format = {kind: _launchers(function, path) for kind, path in paths.items()} | {_NO_ORIGINAL: _interpreters()}
    launchers = {(kind, name): launcher for kind, group in by_format.items() for name, launcher in group.items()}
    times: dict[tuple[str, str], list[float]] = {key: [] for key in launchers}
    phases: dict[str, list[dict[str, float]]] = {kind: [] for kind in paths}
    with serve_originals(function.settings["bucket"], function.settings["renditions"], paths.values()) as environment:
        for number in range(-1, _QUICK_LAUNCHES if quick else _LAUNCHES):
            for (kind, name), launch in launchers.items():
                measured = launch(environment)
                if number >= 0:  # The first launch only loads the files into the page cache.
                    times[kind, name].append(measured.milliseconds)
                    if measured.phases:
                        phases[kind].append(measured.phases)
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


def _launchers(function: EdgeFunction, original: Path) -> dict[str, Callable[[_Environment], Launch]]:
    """Return the functions that start a process and measure it, by kind of process."""
    bucket, key = function.settings["bucket"], original.name
    return {
        "ours": partial(_launch_function, function, original),
        "node": partial(_launch_peer, [str(NODE), str(_FOLDER / "node.mjs"), bucket, key]),
        "boto3": partial(_launch_peer, [sys.executable, "-B", str(_FOLDER / "boto.py"), bucket, key]),
    }


def _interpreters() -> dict[str, Callable[[_Environment], Launch]]:
    # The sandbox starts Python with the same options.
    python = [sys.executable, "-I", "-S", "-B", "-c", "print()"]
    return {
        "python": partial(_launch_peer, python, renders=False),
        "node": partial(_launch_peer, [str(NODE), "-e", "console.log()"], renders=False),
    }


def _launch_function(function: EdgeFunction, original: Path, environment: _Environment) -> Launch:
    """Measure the edge function in a new sandbox, with AWS's runtime client."""
    started = time.perf_counter()
    with Sandbox(function, environment) as sandbox:
        response = sandbox.invoke(original.name, _QUERY, original.stat().st_size)
        milliseconds = (time.perf_counter() - started) * 1000
        _check_result("the edge function", response)
        return Launch(milliseconds, phases=sandbox.read_log()["ms"])


def _launch_peer(command: list[str], environment: _Environment, *, renders: bool = True) -> Launch:
    """Measure a process that writes its result to its standard output. If it renders, the result is a WebP."""
    with pin_to_core(BENCH_CORE):
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        line = process.stdout.readline()
        milliseconds = (time.perf_counter() - started) * 1000
    if renders:
        _check_result(" ".join(command), json.loads(line or "{}"))
    return Launch(milliseconds)


def _check_result(name: str, response: dict[str, Any]) -> None:
    """Raise RuntimeError if the body of the response is not a WebP."""
    if base64.b64decode(response.get("body", ""))[8:12] != b"WEBP":
        raise RuntimeError(f"The result of {name} is not a WebP: {response!r:.500}")
