"""Serve many viewers while one of them attacks the service, and check every picture that the others receive.

`python -m tests.e2e.hostile_viewer --seconds 300` runs the local engine in a process of its own, and prints the
figures. Every other viewer must receive only correct pictures.
"""

import argparse
import http.client
import io
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from PIL import Image

from conformance import refused
from conformance.pictures import are_colors_close
from tests.support.served_stack import ROOT, send_request

_PICTURES: Final = 24
_SIZE: Final = (600, 400)
_TIMEOUT: Final = 120


@dataclass(kw_only=True)
class Figures:
    """What the viewers saw, and what the machine measured."""

    viewers: int
    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    attacks: Counter[str] = field(default_factory=Counter)
    """The statuses of the responses to the attacker."""
    wrong: list[str] = field(default_factory=list)
    """The requests of the other viewers whose response was wrong, with the reason."""
    slowest: float = 0.0
    slowest_attack: float = 0.0
    memory: int = 0
    """The maximum number of bytes of the engine and all its processes."""
    sandboxes: set[int] = field(default_factory=set)
    """The process ids of all sandboxes that ran."""

    def __str__(self) -> str:
        requests = sum(self.statuses.values())
        return "\n".join(
            [
                f"{self.viewers} viewers for {self.seconds:.0f} s",
                f"{requests} requests of the other viewers, {dict(self.statuses)}, slowest {self.slowest:.2f} s",
                f"{sum(self.attacks.values())} attacks, {dict(self.attacks)}, slowest {self.slowest_attack:.2f} s",
                f"{self.memory >> 20} MB of memory at most, {len(self.sandboxes)} sandboxes started",
                f"{len(self.wrong)} wrong responses",
                *self.wrong[:20],
            ]
        )


def attack_service(*, viewers: int, seconds: float) -> Figures:
    """Return the figures of one run. One of the viewers attacks."""
    figures = Figures(viewers=viewers, seconds=seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_originals(folder)
        with _running_engine(folder) as (engine, url):
            stop = threading.Event()
            tasks = [lambda seed=seed: _watch_pictures(url, figures, stop, seed) for seed in range(viewers - 1)]
            tasks.append(lambda: _attack(url, figures, stop))
            threads = [threading.Thread(target=task) for task in tasks]
            for thread in threads:
                thread.start()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                _measure(engine, figures)
                time.sleep(0.5)
            stop.set()
            for thread in threads:
                thread.join()
    return figures


def _color(number: int) -> tuple[int, int, int]:
    """Return the color of a picture. No two of the pictures have similar colors."""
    return 40 + number % 3 * 85, 40 + number // 3 % 3 * 85, 40 + number // 9 * 85


def _write_originals(folder: Path) -> None:
    for number in range(_PICTURES):
        suffix = ("jpg", "png", "webp")[number % 3]
        Image.new("RGB", _SIZE, _color(number)).save(folder / f"picture-{number}.{suffix}", quality=95)
    for number, case in enumerate(refused.cases()):
        (folder / f"hostile-{number}").write_bytes(case.original())


@contextmanager
def _running_engine(folder: Path) -> Iterator[tuple[psutil.Process, str]]:
    command = [sys.executable, "-m", "local", "--images", str(folder), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.strip().startswith("http://"):
                    url = line.strip().rpartition("/")[0]
                    break
            else:
                raise RuntimeError("the local engine did not start")
            drain = threading.Thread(target=lambda: [None for _ in process.stdout or ()], daemon=True)
            drain.start()
            yield psutil.Process(process.pid), url
        finally:
            process.terminate()
            process.wait(30)


def _measure(engine: psutil.Process, figures: Figures) -> None:
    memory = 0
    for process in [engine, *engine.children(recursive=True)]:
        try:
            memory += process.memory_full_info().pss
            command = process.cmdline()
            is_sandbox = any(part.endswith("sandbox.py") for part in command)
            if is_sandbox and process.ppid() == engine.pid:
                figures.sandboxes.add(process.pid)
        except psutil.NoSuchProcess:
            continue
    figures.memory = max(figures.memory, memory)


def _request(url: str, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str], float]:
    """Return the status, the body, the headers and the seconds of one request, whose path is sent as it is."""
    started = time.monotonic()
    response = send_request(url, path, method=method, timeout=_TIMEOUT, **headers)
    return response.status, response.body, response.headers, time.monotonic() - started


def _watch_pictures(url: str, figures: Figures, stop: threading.Event, seed: int) -> None:
    """Request pictures as a page does, and check each of them, until `stop` is set."""
    dice = random.Random(seed)  # noqa: S311  # reproducible, not secret
    while not stop.is_set():
        number, width = dice.randrange(_PICTURES), dice.randint(1, 400)
        suffix = ("jpg", "png", "webp")[number % 3]
        path = f"/picture-{number}.{suffix}"
        size = _SIZE
        if dice.random() < 0.9:
            path += f"?width={width}&format={dice.choice(('jpeg', 'png', 'webp'))}"
            size = width, max(1, round(width * _SIZE[1] / _SIZE[0]))
        try:
            status, body, _, seconds = _request(url, path)
            problem = _find_problem(status, body, size, _color(number))
        except (OSError, http.client.HTTPException) as error:
            status, problem, seconds = 0, repr(error), 0.0
        figures.statuses[status] += 1
        figures.slowest = max(figures.slowest, seconds)
        if problem:
            figures.wrong.append(f"{path}: {problem}")


def _find_problem(status: int, body: bytes, size: tuple[int, int], color: tuple[int, ...]) -> str | None:
    """Return why the response is not the expected picture, or None if it is."""
    if status != 200:
        return f"status {status}: {body[:200]!r}"
    with Image.open(io.BytesIO(body)) as image:
        picture = image.convert("RGB")
    if picture.size != size:
        return f"size {picture.size} instead of {size}"
    center = picture.getpixel((picture.width // 2, picture.height // 2))
    return None if are_colors_close([center], [color]) else f"color {center} instead of {color}"


def _attack(url: str, figures: Figures, stop: threading.Event) -> None:
    """Send every kind of attack in turn, until `stop` is set."""
    dice = random.Random(0)  # noqa: S311  # reproducible, not secret
    hostile = sum(1 for _ in refused.cases())
    while not stop.is_set():
        for path, method, headers in _attacks(url, dice, hostile):
            if stop.is_set():
                return
            try:
                status, _, _, seconds = _request(url, path, method, **headers)
            except (OSError, http.client.HTTPException) as error:
                figures.attacks[type(error).__name__] += 1
                continue
            figures.attacks[str(status)] += 1
            figures.slowest_attack = max(figures.slowest_attack, seconds)


def _attacks(url: str, dice: random.Random, hostile: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the path, the method and the headers of requests that once changed what another viewer gets."""
    width = dice.randint(1, 400)
    number = dice.randrange(_PICTURES)
    picture = f"/picture-{number}.{('jpg', 'png', 'webp')[number % 3]}"
    yield f"/hostile-{dice.randrange(hostile)}?width={width}&format=webp", "GET", {}
    etag = _request(url, picture)[2].get("etag", '""')
    for condition in (etag, etag.partition("-")[0] + '"', "*"):
        yield f"{picture}?width={width}&format=webp", "GET", {"if_none_match": condition}
    future = {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    yield f"{picture}?width={width}&format=png", "GET", future
    yield picture, "GET", future
    yield f"{picture}?width={width}&format=jpeg", "HEAD", {}
    yield f"{picture}?width={width + 1}&format=jpeg", "GET", {"range": "bytes=0-9", "if_range": etag}
    for spelling in (f"/.{picture}", f"/{picture}", f"/x/..{picture}", picture.replace("p", "%70"), "/.renditions%2Fx"):
        yield f"{spelling}?width={width}&format=webp", "GET", {}


def main() -> int:
    """Print the figures, and return 0 if all pictures were correct."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.hostile_viewer", description=__doc__)
    parser.add_argument("--viewers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    figures = attack_service(viewers=options.viewers, seconds=options.seconds)
    print(figures)  # noqa: T201
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
