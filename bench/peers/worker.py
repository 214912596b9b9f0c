"""What every worker in Python does: reads jobs, times them from bytes to bytes, answers. Standard library only."""

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
    """One picture to be made, `repeat` times."""

    original: str
    """Its path."""
    width: int | None
    height: int | None
    fit: str
    """As our own: `contain` never crops, and never adds borders."""
    format: str
    quality: int | None
    """None: the peer's own default."""
    background: str
    """rrggbb, under transparency in JPEG."""
    repeat: int
    output: str | None
    """Where the last picture is to be kept."""


def serve(make: Callable[[bytes, Job], bytes]) -> None:
    """Says that it is ready, then answers until there is nothing more to read."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    answers.write('{"ready": true}\n')
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(make, Job(**json.loads(line)))) + "\n")
        answers.flush()


def _answer(make: Callable[[bytes, Job], bytes], job: Job) -> dict[str, Any]:
    try:
        original = Path(job.original).read_bytes()
        body, times = b"", list[float]()
        for _ in range(job.repeat):
            started = time.perf_counter()
            body = make(original, job)
            times.append(round((time.perf_counter() - started) * 1000, 3))
        if job.output:
            Path(job.output).write_bytes(body)
    except Exception as error:  # noqa: BLE001  # whatever a library raises is an answer, too
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())}
    return {"ms": times, "bytes": len(body)}
