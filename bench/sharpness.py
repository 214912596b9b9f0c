"""The measurement of sharpness: the SSIM between each peer's lossless renditions and the ideal renditions."""

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.peers.peer import COMMANDS, Peer
from bench.similarity import ideal_rendition, load_pixels, ssim

_WIDTHS: Final = (100, 320, 720, 1600)


def measure() -> list[dict[str, Any]]:
    """Return the SSIM of every peer, in one row for each combination of original format and width."""
    rows: list[dict[str, Any]] = []
    for kind in originals.FORMATS:
        path = originals.photograph_path(kind, 6)
        for width in _WIDTHS:
            rows.append({"original": kind, "width": width, "peers": _measure_peers(path, width)})
            sys.stderr.write(f"sharpness: {rows[-1]}\n")
    return rows


def _measure_peers(path: Path, width: int) -> dict[str, float]:
    similarities: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        for name in COMMANDS:
            with Peer(name) as peer:
                peer.make(path, "png", width=width, output=output)
            rendition = load_pixels(output)
            _, height, actual_width = rendition.shape
            similarities[name] = round(ssim(rendition, ideal_rendition(path, (actual_width, height))), 4)
    return similarities
