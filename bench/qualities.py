"""Which quality of each peer looks as ours at our defaults does: the same SSIM, on pictures of three kinds."""

import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.likeness import Pixels, ideal, pixels, ssim
from bench.peers.peer import COMMANDS, Peer
from edge.imaging.encode import QUALITY

KINDS: Final = ("photographs", "drawings", "text")
_WIDTH: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Of all pictures of a kind, made by one peer at one quality."""

    quality: int
    ssim: float
    """Mean."""
    bytes: int
    """All together."""


def measured() -> dict[str, Any]:
    """By kind, format and peer."""
    for kind in KINDS:
        originals.pictures(kind)  # made once, before the threads want them
    rows = [(kind, target) for kind in KINDS for target in QUALITY]
    found: dict[str, Any] = {kind: {} for kind in KINDS}
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # nothing is timed
        for (kind, target), row in zip(rows, threads.map(lambda each: _row(*each), rows), strict=True):
            found[kind][target] = {peer: asdict(looks) for peer, looks in row.items()}
            sys.stderr.write(f"qualities of {kind} as {target}: {found[kind][target]}\n")
    return found


def _row(kind: str, target: str) -> dict[str, Looks]:
    """All peers on photographs, of which the grid is made; sharp alone on the others."""
    ours = looks("ours", kind, target, QUALITY[target])
    others = [peer for peer in (COMMANDS if kind == KINDS[0] else ("sharp",)) if peer != "ours"]
    return {"ours": ours} | {peer: equal(peer, kind, target, ours.ssim) for peer in others}


def equal(peer: str, kind: str, target: str, wanted: float) -> Looks:
    """At the quality that comes nearest."""
    quality = lowest(lambda quality: looks(peer, kind, target, quality).ssim >= wanted)
    around = [looks(peer, kind, target, each) for each in (max(1, quality - 1), quality)]
    return min(around, key=lambda each: abs(each.ssim - wanted))


def lowest(enough: Callable[[int], bool]) -> int:
    """Of 1 to 100, by halving; 100 if even that is not enough."""
    low, high = 1, 100
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


@cache
def looks(peer: str, kind: str, target: str, quality: int) -> Looks:
    """Every picture of that kind, made."""
    paths = originals.pictures(kind)
    with Peer(peer) as worker, tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        likenesses: list[float] = []
        total = 0
        for path in paths:
            wanted = _ideal(path)
            total += worker.make(path, target, width=wanted.shape[2], quality=quality, output=output).bytes
            likenesses.append(ssim(pixels(output), wanted))
    return Looks(quality=quality, ssim=round(sum(likenesses) / len(paths), 4), bytes=total)


@cache
def _ideal(path: Path) -> Pixels:
    with originals.opened(path) as image:
        width = min(_WIDTH, image.width)
        return ideal(path, (width, max(1, (2 * image.height * width + image.width) // (2 * image.width))))
