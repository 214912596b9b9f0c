"""The measurement for operators: time and memory of the edge function by original, and its most expensive requests."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.edge_function import EdgeFunction, Sandbox
from bench.image_files import LABELS
from bench.local_s3 import serve_originals
from edge.imaging.encode import AVIF_MAX_PIXELS

_EXPECTED_STATUSES: Final = (200, 302, 415)
"""The statuses of a rendition, of a redirect to a stored rendition, and of an original that exceeds a limit."""
_MAX_ROUNDS: Final = 12
_ROUNDS_MS: Final = 1500
"""The milliseconds of work after which no further round starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for a rendition that the edge function makes."""

    kind: str
    """The kind of the original: a key of `image_files.LABELS`."""
    megapixels: float
    query: str

    def __str__(self) -> str:
        return f"{LABELS[self.kind]} of {self.megapixels} MP, `{self.query}`"

    @property
    def path(self) -> Path:
        """The path of the original."""
        return originals.photograph_path(self.kind, self.megapixels)


class AnimationRequest(Request):
    """A request for a rendition of the animation."""

    def __str__(self) -> str:
        return f"GIF of 100 frames of 500x500, `{self.query}`"

    @property
    def path(self) -> Path:
        """The path of the original."""
        return originals.animation_path()


BY_ORIGINAL: Final = [
    Request(kind=kind, megapixels=megapixels, query="format=webp&width=320")
    for kind in LABELS
    for megapixels in originals.SIZES
]
TYPICAL: Final = [
    Request(kind="jpeg", megapixels=0.3, query="format=webp&width=320"),
    Request(kind="jpeg", megapixels=6, query="format=webp&width=320"),
    Request(kind="jpeg", megapixels=6, query="format=webp&width=720"),
    Request(kind="jpeg", megapixels=6, query="format=avif&width=720"),
    Request(kind="jpeg", megapixels=24, query="format=webp&width=720"),
    Request(kind="jpeg", megapixels=24, query="format=webp&width=1600"),
    Request(kind="png", megapixels=6, query="format=webp&width=720"),
    Request(kind="heic", megapixels=24, query="format=webp&width=720"),
]
_LARGEST_AVIF_WIDTH: Final = math.isqrt(AVIF_MAX_PIXELS * 3 // 2)
"""The width of the largest AVIF of the photograph of 24 megapixels, whose sides have the ratio 3:2."""
EXTREME: Final = [
    Request(kind="jpeg", megapixels=24, query=f"format=avif&quality=100&width={_LARGEST_AVIF_WIDTH}"),
    AnimationRequest(kind="gif", megapixels=25, query="format=webp&quality=100&width=500"),
    AnimationRequest(kind="gif", megapixels=25, query="format=png&width=500"),
    Request(kind="jpeg", megapixels=originals.MAX_MEGAPIXELS, query="format=png&width=4096"),
    Request(kind="png", megapixels=originals.MAX_MEGAPIXELS, query="format=png&width=4096"),
    *(
        Request(kind=kind, megapixels=originals.MAX_MEGAPIXELS, query="format=webp&quality=100&width=4096")
        for kind in ("jpeg", "progressive", "png", "webp", "gif", "avif", "heic")
    ),
]
"""The plausible candidates for the most expensive request that the default limits of a stack allow."""


def measure(*, quick: bool) -> dict[str, Any]:
    """Return the measured requests by group: `by_original`, `typical` and `extreme`.

    In a quick run, no still original has more than 6 megapixels. Originals that exceed `maxBytes` are left out.
    """
    groups = {"by_original": BY_ORIGINAL, "typical": TYPICAL, "extreme": EXTREME}
    if quick:
        groups = {name: [request for request in group if _is_quick(request)] for name, group in groups.items()}
    function = EdgeFunction.build()
    settings = function.settings
    paths = {request.path for group in groups.values() for request in group}
    legal = {path for path in paths if path.stat().st_size <= settings["max_bytes"]}
    with serve_originals(settings["bucket"], settings["renditions"], legal) as environment:
        return {
            name: [measure_request(request, function, environment) for request in group if request.path in legal]
            for name, group in groups.items()
        }


def measure_request(request: Request, function: EdgeFunction, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the milliseconds of a request in a warm sandbox, and its memory in bytes in a new sandbox.

    The first round of a sandbox also imports the imaging library. It counts only if it takes more than two seconds.
    Raises RuntimeError if the function refuses the request for another reason than a limit of the stack.
    """
    path, rounds = request.path, list[dict[str, float]]()
    length = path.stat().st_size
    with Sandbox(function, environment) as sandbox:
        with sandbox.watched_memory() as samples:
            sandbox.invoke(path.name, request.query, length)
        line = sandbox.read_log()
        if line["status"] not in _EXPECTED_STATUSES:
            raise RuntimeError(f"The edge function did not make the rendition {request}. It logged {line}.")
        rounds.append(line["ms"])
        while _needs_another_round([timing["function"] for timing in rounds]):
            sandbox.invoke(path.name, request.query, length)
            rounds.append(sandbox.read_log()["ms"])
    best = min(rounds[1:] or rounds, key=lambda timing: timing["function"])
    result = {
        "request": str(request),
        "kind": request.kind,
        "megapixels": request.megapixels,
        "ms": best,
        "start": samples[0],
        "peak": max(samples),
        "status": line["status"],
        "outcome": line.get("adjustment", ""),
    }
    sys.stderr.write(f"{request}: {best['function']:.0f} ms, {max(samples) >> 20} MB, status {line['status']}\n")
    return result


def _needs_another_round(milliseconds: list[float]) -> bool:
    if len(milliseconds) == 1:
        return milliseconds[0] < 2000
    return len(milliseconds) < _MAX_ROUNDS and sum(milliseconds) < _ROUNDS_MS


def _is_quick(request: Request) -> bool:
    return request.megapixels <= 6 or isinstance(request, AnimationRequest)
