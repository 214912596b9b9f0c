"""The pieces of a file that the fuzzer moves and changes: chunks, segments, boxes and entries of directories.

The functions accept broken files: they stop at the first piece that they do not understand.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_CONTAINERS: Final = (b"meta", b"iprp", b"ipco", b"iinf", b"iref", b"moov", b"trak", b"mdia", b"minf", b"stbl")
_MAX_PIECES: Final = 2_000


class Piece(NamedTuple):
    """A part of a file that has its own length field."""

    start: int
    end: int


def find_pieces(kind: str, data: bytes) -> list[Piece]:
    """Return the pieces of a file; none if the format has no pieces."""
    finder = _FINDERS.get(kind)
    pieces: list[Piece] = []
    for piece in finder(data) if finder else ():
        if piece.end > len(data) or len(pieces) == _MAX_PIECES:
            break
        pieces.append(piece)
    return pieces


def _jpeg_segments(data: bytes) -> Iterator[Piece]:
    start = 2
    while data[start : start + 1] == b"\xff" and start + 4 <= len(data):
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if data[start + 1] == 0xDA:  # Compressed pixels follow after the header of a scan.
            end = data.find(b"\xff\xd9", end) if b"\xff\xd9" in data[end:] else len(data)
        yield Piece(start, end)
        start = end


def _png_chunks(data: bytes) -> Iterator[Piece]:
    start = 8
    while start < len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4])
        yield Piece(start, end)
        start = end


def _webp_chunks(data: bytes) -> Iterator[Piece]:
    start = 12
    while start < len(data):
        length = int.from_bytes(data[start + 4 : start + 8], "little")
        end = start + 8 + length + length % 2
        yield Piece(start, end)
        start = end


def _gif_blocks(data: bytes) -> Iterator[Piece]:
    start = 13 + (3 * (2 << (data[10] & 7)) if data[10] & 0x80 else 0)
    while start + 10 < len(data) and data[start] in b"\x21\x2c":
        end = start + 2
        if data[start] == 0x2C:
            flags = data[start + 9]
            end = start + 11 + (3 * (2 << (flags & 7)) if flags & 0x80 else 0)
        while end < len(data) and data[end]:
            end += data[end] + 1
        yield Piece(start, end + 1)
        start = end + 1


def _heif_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Piece]:
    end = len(data) if end is None else end
    while start + 8 <= end:
        length = int.from_bytes(data[start : start + 4])
        if length < 8:
            return
        yield Piece(start, start + length)
        kind = data[start + 4 : start + 8]
        if kind in _CONTAINERS:
            # Some of these boxes begin with a version, flags and a number of entries.
            skipped = {b"meta": 4, b"iref": 4, b"iinf": 6}.get(kind, 0)
            yield from _heif_boxes(data, start + 8 + skipped, min(start + length, end))
        start += length


def _tiff_entries(data: bytes) -> Iterator[Piece]:
    order = "little" if data.startswith(b"II") else "big"
    start = int.from_bytes(data[4:8], order)
    for number in range(int.from_bytes(data[start : start + 2], order)):
        yield Piece(start + 2 + 12 * number, start + 14 + 12 * number)


def _ico_entries(data: bytes) -> Iterator[Piece]:
    for number in range(int.from_bytes(data[4:6], "little")):
        yield Piece(6 + 16 * number, 22 + 16 * number)


_FINDERS: Final[dict[str, Callable[[bytes], Iterator[Piece]]]] = {
    "jpeg": _jpeg_segments,
    "png": _png_chunks,
    "apng": _png_chunks,
    "webp": _webp_chunks,
    "gif": _gif_blocks,
    "avif": _heif_boxes,
    "gray avif": _heif_boxes,
    "avis": _heif_boxes,
    "heic": _heif_boxes,
    "tiff": _tiff_entries,
    "ico": _ico_entries,
}
