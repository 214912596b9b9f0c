"""Which quality of each peer looks as ours at our defaults does: the same SSIM, on pictures of three kinds."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.likeness import Pixels, ideal, pixels, ssim
from bench.peers.peer import COMMANDS, Peer
from edge.encode import QUALITY

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
    found: dict[str, Any] = {}
    for kind in KINDS:
        for target, default in QUALITY.items():
            row = {"ours": looks("ours", kind, target, default)}
            for peer in COMMANDS.keys() - row:
                row[peer] = equal(peer, kind, target, row["ours"].ssim)
            found.setdefault(kind, {})[target] = {peer: asdict(row[peer]) for peer in COMMANDS}
            sys.stderr.write(f"{kind} {target}: {row}\n")
    return found


def equal(peer: str, kind: str, target: str, wanted: float) -> Looks:
    """At the lowest quality that looks at least as good."""
    quality = lowest(lambda quality: looks(peer, kind, target, quality).ssim >= wanted)
    return looks(peer, kind, target, quality)


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
