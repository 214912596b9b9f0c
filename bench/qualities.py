"""The measurement of qualities: for each peer, the quality with the same SSIM as this project's default quality."""

import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from PIL import Image

from bench import originals
from bench.peers.peer import COMMANDS, Peer
from bench.similarity import Pixels, ideal_rendition, load_pixels, ssim
from edge.imaging.encode import QUALITY

KINDS: Final = ("photographs", "drawings", "text")
_WIDTH: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """The renditions that one peer makes of all pictures of a kind, at one quality."""

    quality: int
    ssim: float
    """The mean SSIM of the renditions."""
    bytes: int
    """The total size of the renditions."""


def measure() -> dict[str, Any]:
    """Return the encodings with equal SSIM, by kind of picture, format and peer."""
    for kind in KINDS:
        originals.picture_paths(kind)  # Create the files before several threads read them.
    rows = [(kind, target) for kind in KINDS for target in QUALITY]
    results: dict[str, Any] = {kind: {} for kind in KINDS}
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # Threads may run at once, because they measure no time.
        for (kind, target), encodings in zip(rows, threads.map(lambda row: _measure_row(*row), rows), strict=True):
            results[kind][target] = {peer: asdict(encoding) for peer, encoding in encodings.items()}
            sys.stderr.write(f"qualities of {kind} as {target}: {results[kind][target]}\n")
    return results


def _measure_row(kind: str, target: str) -> dict[str, Encoding]:
    """Return the encoding of this project, and those of the other peers with equal SSIM, by peer.

    For photographs, measure every peer, because the grid needs the qualities. For other pictures, measure only sharp.
    """
    ours = encode_pictures("ours", kind, target, QUALITY[target])
    others = [peer for peer in (COMMANDS if kind == KINDS[0] else ("sharp",)) if peer != "ours"]
    return {"ours": ours} | {peer: find_equal_encoding(peer, kind, target, ours.ssim) for peer in others}


def find_equal_encoding(peer: str, kind: str, target: str, target_ssim: float) -> Encoding:
    """Return the peer's encoding whose SSIM is nearest to `target_ssim`."""
    quality = lowest_sufficient(lambda quality: encode_pictures(peer, kind, target, quality).ssim >= target_ssim)
    neighbors = [encode_pictures(peer, kind, target, neighbor) for neighbor in (max(1, quality - 1), quality)]
    return min(neighbors, key=lambda encoding: abs(encoding.ssim - target_ssim))


def lowest_sufficient(is_sufficient: Callable[[int], bool]) -> int:
    """Return the lowest sufficient quality from 1 to 100. Return 100 if no quality is sufficient."""
    low, high = 1, 100
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_sufficient(middle) else (middle + 1, high)
    return low


@cache
def encode_pictures(peer: str, kind: str, target: str, quality: int) -> Encoding:
    """Encode every picture of a kind with one peer, and compare each rendition with its ideal rendition."""
    paths = originals.picture_paths(kind)
    with Peer(peer) as worker, tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        similarities: list[float] = []
        total_bytes = 0
        for path in paths:
            ideal = _ideal(path)
            total_bytes += worker.make(path, target, width=ideal.shape[2], quality=quality, output=output).bytes
            similarities.append(ssim(load_pixels(output), ideal))
    return Encoding(quality=quality, ssim=round(sum(similarities) / len(paths), 4), bytes=total_bytes)


@cache
def _ideal(path: Path) -> Pixels:
    with Image.open(path) as image:
        original_width, original_height = image.size
    width = min(_WIDTH, original_width)
    height = max(1, (2 * original_height * width + original_width) // (2 * original_width))
    return ideal_rendition(path, (width, height))
