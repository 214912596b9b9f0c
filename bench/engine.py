"""Through the whole engine: misses and hits per second, and what of a miss is Pillow's."""

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
from bench.peers.peer import ROOT

_VIEWERS: Final = 2
_PILLOWS: Final = ("decode", "resize", "colour", "encode")
"""Of the phases that the function logs."""


def measured(*, quick: bool) -> dict[str, Any]:
    """Per second, with two viewers at a time on all processors; and milliseconds of a miss, one after another."""
    count = 40 if quick else 200
    folder = ROOT / "build" / "bench" / "engine"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(originals.photograph("jpeg", 6), folder / "photograph.jpg")
    log = folder.with_suffix(".log")
    widths = range(300, 300 + count // 2)
    with _engine(folder, log) as url:
        _get(url, _paths(range(10, 20)) * 2)
        walls = _get(url, _paths(widths))
        new = _paths(range(400, 400 + count))
        found: dict[str, Any] = {"misses": _per_second(url, new), "hits": _per_second(url, new * 5)}
    logged = _logged(log, {path.partition("?")[2] for path in _paths(widths)})
    functions = [line["function"] for line in logged]
    pillows = [sum(line.get(phase, 0.0) for phase in _PILLOWS) for line in logged]
    reads = [line["read"] for line in logged]
    medians = {"wall": walls, "function": functions, "pillow": pillows, "read": reads}
    found["ms"] = {name: round(statistics.median(values), 1) for name, values in medians.items()}
    sys.stderr.write(f"engine: {found}\n")
    return found


def _paths(widths: range) -> list[str]:
    return [f"/photograph.jpg?format=webp&width={width}" for width in widths]


@contextmanager
def _engine(folder: Path, log: Path) -> Iterator[str]:
    """Its address. It speaks into a file, which nobody has to read while it runs."""
    command = [sys.executable, "-m", "local", "--port", "0", "--images", str(folder)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)
    try:
        while not (found := re.search(r"^  (http://\S+)/photograph", log.read_text(), re.MULTILINE)):
            if process.poll() is not None:
                raise RuntimeError(f"the engine did not start: {log.read_text()}")
            time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        process.wait()


def _per_second(url: str, paths: list[str]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(_VIEWERS) as viewers:
        shares = [paths[number::_VIEWERS] for number in range(_VIEWERS)]
        list(viewers.map(lambda share: _get(url, share), shares))
    return round(len(paths) / (time.perf_counter() - started), 1)


def _get(url: str, paths: list[str]) -> list[float]:
    """Milliseconds of each, over one connection."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
    times: list[float] = []
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered with {answer.status}")
    connection.close()
    return times


def _logged(log: Path, queries: set[str]) -> list[dict[str, float]]:
    """The phases of these requests, as the function logs them."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line["ms"] for line in lines if line["query"] in queries]
