"""The loop of every Python worker, which reads jobs, runs and times them, and writes the results.

The module imports only the standard library, because both virtual environments use it.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A rendition that a peer has to make `repeat` times."""

    original: str
    """The path of the original."""
    width: int | None
    height: int | None
    fit: str
    """`cover`, `contain` or `fill`, as in this project's URLs: `contain` never crops and never adds borders."""
    format: str
    quality: int | None
    """The quality from 1 to 100, or None for the peer's own default."""
    background: str
    """The color behind transparent pixels in JPEG, as rrggbb."""
    repeat: int
    output: str | None
    """The path to which the worker writes the last rendition, or None to discard the rendition."""


def serve(make: Callable[[bytes, Job], bytes]) -> None:
    """Write a line when the worker is ready. Then run the jobs from standard input until standard input ends."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # The output of a library must not appear between the results.
    results.write('{"ready": true}\n')
    results.flush()
    for line in sys.stdin:
        results.write(json.dumps(_run_job(make, Job(**json.loads(line)))) + "\n")
        results.flush()


def _run_job(make: Callable[[bytes, Job], bytes], job: Job) -> dict[str, Any]:
    try:
        original = Path(job.original).read_bytes()
        body, times = b"", list[float]()
        for _ in range(job.repeat):
            started = time.perf_counter()
            body = make(original, job)
            times.append(round((time.perf_counter() - started) * 1000, 3))
        if job.output:
            Path(job.output).write_bytes(body)
    except Exception as error:  # noqa: BLE001  # The result of the job contains any exception.
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())}
    return {"ms": times, "bytes": len(body)}
