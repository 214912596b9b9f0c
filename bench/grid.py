"""The warm render: every peer makes the same renditions, turn by turn, on one processor, from bytes to bytes."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from bench import originals
from bench.peers.peer import COMMANDS, CORE, Peer

WIDTHS: Final = (100, 320, 720, 1600)
FORMATS: Final = ("jpeg", "webp", "avif", "png")
_LEAST: Final = 2
_MOST: Final = 12
"""Rounds."""
_ENOUGH: Final = 1.5
"""Seconds that ours and sharp spend together, after which no further round is begun."""
_OTHERS: Final = 0.3
"""Seconds of one of the others, after which it sits out: it only shows where we stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A rendition of one of the photographs."""

    original: str
    megapixels: float
    width: int
    format: str

    def __str__(self) -> str:
        return f"{self.original} of {self.megapixels} MP to {self.width} wide as {self.format}"


def cells(*, quick: bool) -> list[Cell]:
    """None is enlarged; of those that stay as wide as they are, one."""
    found: list[Cell] = []
    for original in originals.FORMATS:
        for megapixels, size in originals.SIZES.items():
            widths = [width for width in WIDTHS if width < size[0]]
            widths += [size[0]] * (len(widths) < len(WIDTHS))
            found += [
                Cell(original=original, megapixels=megapixels, width=width, format=kind)
                for width in (widths[1:3] if quick else widths)
                for kind in FORMATS
                if not quick or megapixels != 24
            ]
    return found


def measured(qualities: Mapping[str, Mapping[str, int]], *, quick: bool) -> list[dict[str, Any]]:
    """Each cell with every peer's milliseconds and bytes. `qualities` by format and peer."""
    found: list[dict[str, Any]] = []
    with ExitStack() as stack:
        peers = {name: stack.enter_context(Peer(name, core=CORE)) for name in COMMANDS}
        todo = cells(quick=quick)
        for number, cell in enumerate(todo, 1):
            times = _cell(cell, peers, qualities.get(cell.format, {}))
            found.append({"original": cell.original, "megapixels": cell.megapixels, "width": cell.width})
            found[-1] |= {"format": cell.format, "peers": times}
            ratio = times["ours"]["ms"] / times["sharp"]["ms"]
            sys.stderr.write(f"{number}/{len(todo)} {cell}: {ratio:.2f} of sharp's time\n")
    return found


def _cell(cell: Cell, peers: Mapping[str, Peer], qualities: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """The least of several times: whatever else the machine does can only add to it."""
    path = originals.photograph(cell.original, cell.megapixels)
    times: dict[str, list[float]] = {name: [] for name in peers}
    sizes: dict[str, int] = {}
    while _goes_on(times):
        for name, peer in peers.items():
            if name in ("ours", "sharp") or sum(times[name]) < _OTHERS * 1000:
                made = peer.make(path, cell.format, width=cell.width, quality=qualities.get(name))
                times[name] += made.ms
                sizes[name] = made.bytes
    return {name: {"ms": min(times[name]), "bytes": sizes[name]} for name in peers}


def _goes_on(times: Mapping[str, list[float]]) -> bool:
    """With another round."""
    rounds, spent = len(times["ours"]), sum(times["ours"] + times["sharp"]) / 1000
    return rounds < _LEAST or (rounds < _MOST and spent < _ENOUGH)
