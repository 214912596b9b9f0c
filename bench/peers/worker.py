"""The loop of every Python worker: read jobs, time them from bytes to bytes, write results.

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
    """One rendition to make, `repeat` times."""

    original: str
    """Path of the original."""
    width: int | None
    height: int | None
    fit: str
    """`cover`, `contain` or `fill`, as in this project's URLs: `contain` never crops and never adds borders."""
    format: str
    quality: int | None
    """1 to 100, or None for the peer's own default."""
    background: str
    """rrggbb: the color behind transparent pixels in JPEG."""
    repeat: int
    output: str | None
    """Path for the last rendition, or None to discard it."""


def serve(make: Callable[[bytes, Job], bytes]) -> None:
    """Write a line when ready; then run the jobs from standard input until it ends."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What a library prints must not appear between the results.
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
    except Exception as error:  # noqa: BLE001  # Every exception of a library is a result of the job.
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())}
    return {"ms": times, "bytes": len(body)}
