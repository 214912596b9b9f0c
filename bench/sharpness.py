"""How close each peer's resizing comes to the ideal: SSIM of lossless renditions."""

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.likeness import ideal, pixels, ssim
from bench.peers.peer import COMMANDS, Peer

_WIDTHS: Final = (100, 320, 720, 1600)


def measured() -> list[dict[str, Any]]:
    """A row for each original's format and width; SSIM by peer."""
    found: list[dict[str, Any]] = []
    for kind in originals.FORMATS:
        path = originals.photograph(kind, 6)
        for width in _WIDTHS:
            found.append({"original": kind, "width": width, "peers": _row(path, width)})
            sys.stderr.write(f"sharpness: {found[-1]}\n")
    return found


def _row(path: Path, width: int) -> dict[str, float]:
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        for name in COMMANDS:
            with Peer(name) as peer:
                peer.make(path, "png", width=width, output=output)
            made = pixels(output)
            found[name] = round(ssim(made, ideal(path, (made.shape[2], made.shape[1]))), 4)
    return found
