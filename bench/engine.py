"""The measurement of the local engine: cache misses and hits per second, and the imaging library's share of a miss."""

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench import originals
from bench.figures import IMAGING_PHASES
from bench.peers.peer import ROOT

_VIEWERS: Final = 2


def measure(*, quick: bool) -> dict[str, Any]:
    """Return misses and hits per second, and the median milliseconds of a miss by part.

    For misses and hits per second, two concurrent viewers send requests, and the engine may use every processor. For
    the milliseconds, one viewer sends one request after another. The parts are `wall` for the viewer, `function` for
    the edge function, `imaging` and `read` for its phases, and `outside` for everything in it except `imaging`.
    """
    count = 40 if quick else 200
    folder = ROOT / "build" / "bench" / "engine"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(originals.photograph_path("jpeg", 6), folder / "photograph.jpg")
    log = folder.with_suffix(".log")
    widths = range(300, 300 + count // 2)
    with _running_engine(folder, log) as url:
        _get(url, _paths(range(10, 20)) * 2)
        walls = _get(url, _paths(widths))
        uncached = _paths(range(400, 400 + count))
        result: dict[str, Any] = {
            "misses": _requests_per_second(url, uncached),
            "hits": _requests_per_second(url, uncached * 5),
        }
    timings = _logged_timings(log, {path.partition("?")[2] for path in _paths(widths)})
    imaging = [sum(timing[phase] for phase in IMAGING_PHASES) for timing in timings]
    samples = {
        "wall": walls,
        "function": [timing["function"] for timing in timings],
        "imaging": imaging,
        "read": [timing["read"] for timing in timings],
        "outside": [timing["function"] - milliseconds for timing, milliseconds in zip(timings, imaging, strict=True)],
    }
    result["ms"] = {name: round(statistics.median(values), 1) for name, values in samples.items()}
    sys.stderr.write(f"engine: {result}\n")
    return result


def _paths(widths: range) -> list[str]:
    return [f"/photograph.jpg?format=webp&width={width}" for width in widths]


@contextmanager
def _running_engine(folder: Path, log: Path) -> Iterator[str]:
    """Start the local engine and yield its URL. The engine logs to a file, because a full pipe would block it."""
    command = [sys.executable, "-m", "local", "--port", "0", "--images", str(folder)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)
    try:
        while not (address := re.search(r"^  (http://\S+)/photograph", log.read_text(), re.MULTILINE)):
            if process.poll() is not None:
                raise RuntimeError(
                    f"The local engine ended with status {process.returncode} before it accepted requests. "
                    f"Its log in {log} contains: {log.read_text()}"
                )
            time.sleep(0.1)
        yield address[1]
    finally:
        process.terminate()
        process.wait()


def _requests_per_second(url: str, paths: list[str]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(_VIEWERS) as viewers:
        shares = [paths[number::_VIEWERS] for number in range(_VIEWERS)]
        list(viewers.map(lambda share: _get(url, share), shares))
    return round(len(paths) / (time.perf_counter() - started), 1)


def _get(url: str, paths: list[str]) -> list[float]:
    """Request the paths over one connection; return the milliseconds of each request."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
    times: list[float] = []
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        times.append((time.perf_counter() - started) * 1000)
        if response.status != 200:
            raise RuntimeError(f"The local engine returned status {response.status} instead of 200 for {path}.")
    connection.close()
    return times


def _logged_timings(log: Path, queries: set[str]) -> list[dict[str, float]]:
    """Return the milliseconds by phase that the edge function logged for these queries."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line["ms"] for line in lines if line.get("query") in queries]
