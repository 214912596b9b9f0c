"""The measurement of warm renders: every peer makes the same renditions in turn, in memory and on one processor."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from bench import originals
from bench.peers.peer import BENCH_CORE, COMMANDS, Peer

WIDTHS: Final = (100, 320, 720, 1600)
FORMATS: Final = ("jpeg", "webp", "avif", "png")
_MIN_ROUNDS: Final = 2
_MAX_ROUNDS: Final = 12
_ROUNDS_SECONDS: Final = 1.5
"""The seconds of work by this project and sharp together after which no further round starts."""
_OTHERS_SECONDS: Final = 0.3
"""The seconds of work by any other peer after which this peer skips the remaining rounds.

The times of the other peers may be less exact, because no goal depends on them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A benchmark cell: one combination of format and size of the original, and width and format of the rendition."""

    original: str
    """The format of the original."""
    megapixels: float
    """The size of the original: a key of `originals.SIZES`."""
    width: int
    format: str

    def __str__(self) -> str:
        return f"{self.original} of {self.megapixels} MP to {self.width} wide as {self.format}"


def grid_cells(*, quick: bool) -> list[Cell]:
    """Return the cells to measure.

    No rendition is wider than its original. An original that is narrower than the largest width is also rendered once
    at its own width.
    """
    cells: list[Cell] = []
    for original in originals.FORMATS:
        for megapixels, size in originals.SIZES.items():
            widths = [width for width in WIDTHS if width < size[0]]
            widths += [size[0]] * (len(widths) < len(WIDTHS))
            cells += [
                Cell(original=original, megapixels=megapixels, width=width, format=target)
                for width in (widths[1:3] if quick else widths)
                for target in FORMATS
                if not quick or megapixels != 24
            ]
    return cells


def measure(qualities: Mapping[str, Mapping[str, int]], *, quick: bool) -> list[dict[str, Any]]:
    """Return each cell with the milliseconds and the bytes of every peer.

    `qualities` contains a quality for each format and each peer in it.
    """
    results: list[dict[str, Any]] = []
    with ExitStack() as stack:
        peers = {name: stack.enter_context(Peer(name, core=BENCH_CORE)) for name in COMMANDS}
        cells = grid_cells(quick=quick)
        for number, cell in enumerate(cells, 1):
            measured = _measure_cell(cell, peers, qualities.get(cell.format, {}))
            results.append(
                {
                    "original": cell.original,
                    "megapixels": cell.megapixels,
                    "width": cell.width,
                    "format": cell.format,
                    "peers": measured,
                }
            )
            ratio = measured["ours"]["ms"] / measured["sharp"]["ms"]
            sys.stderr.write(f"{number}/{len(cells)} {cell}: {ratio:.2f} of sharp's time\n")
    return results


def _measure_cell(cell: Cell, peers: Mapping[str, Peer], qualities: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Return the milliseconds and the bytes by peer.

    The time is the shortest of several rounds, because other work on the machine can only lengthen a time.
    """
    path = originals.photograph_path(cell.original, cell.megapixels)
    times: dict[str, list[float]] = {name: [] for name in peers}
    sizes: dict[str, int] = {}
    while _needs_another_round(times):
        for name, peer in peers.items():
            if name in ("ours", "sharp") or sum(times[name]) < _OTHERS_SECONDS * 1000:
                result = peer.make(path, cell.format, width=cell.width, quality=qualities.get(name))
                times[name] += result.ms
                sizes[name] = result.bytes
    return {name: {"ms": min(times[name]), "bytes": sizes[name]} for name in peers}


def _needs_another_round(times: Mapping[str, list[float]]) -> bool:
    rounds, seconds = len(times["ours"]), sum(times["ours"] + times["sharp"]) / 1000
    return rounds < _MIN_ROUNDS or (rounds < _MAX_ROUNDS and seconds < _ROUNDS_SECONDS)
