"""Random changes of a file: of bits and numbers anywhere, and of the chunks, segments and boxes of its format."""

import random
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from fuzz.structures import Piece, find_pieces

_EXTREMES: Final = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
_WITH_OFFSETS: Final = ("avif", "gray avif", "avis", "heic", "tiff", "ico", "bmp")
"""The formats with offsets in the file. If bytes are removed or inserted, decoders mostly refuse the file at once."""
_HEADER: Final = 64
"""The number of bytes at the start of a file or of a piece that are changed more often than the others."""

_Change = Callable[[bytearray, random.Random, str, Sequence[bytes]], None]
"""A function that changes a file in place. It gets the format and the other originals of this format."""


def mutate(original: bytes, kind: str, others: Sequence[bytes], generator: random.Random) -> bytes:
    """Return the original with one to eight changes."""
    data = bytearray(original)
    changes = _IN_PLACE if kind in _WITH_OFFSETS and generator.random() < 0.7 else _CHANGES
    for _ in range(generator.choice((1, 1, 1, 1, 1, 2, 3, 8))):
        if len(data) > 16:
            generator.choice(changes)(data, generator, kind, others)
    # Otherwise the decoder would refuse almost every changed PNG because of a checksum.
    if kind in ("png", "apng") and generator.random() < 0.9:
        _correct_checksums(data, kind)
    return bytes(data)


def _flip_bits(data: bytearray, generator: random.Random, *_unused: object) -> None:
    for _ in range(generator.choice((1, 1, 2, 10))):
        data[_position(data, generator)] ^= 1 << generator.randrange(8)


def _set_number(data: bytearray, generator: random.Random, *_unused: object) -> None:
    _write_extreme(data, _position(data, generator), generator)


def _set_number_of_piece(data: bytearray, generator: random.Random, kind: str, *_unused: object) -> None:
    """Change a number at the start of a piece, where its length and its counts are."""
    if piece := _piece(data, kind, generator):
        length = min(piece.end - piece.start, generator.choice((8, _HEADER)))
        _write_extreme(data, piece.start + generator.randrange(max(1, length)), generator)


def _truncate(data: bytearray, generator: random.Random, *_unused: object) -> None:
    del data[max(16, _position(data, generator)) :]


def _delete(data: bytearray, generator: random.Random, *_unused: object) -> None:
    start = _position(data, generator)
    del data[start : start + generator.choice((1, 2, 4, 16, 100))]


def _duplicate(data: bytearray, generator: random.Random, *_unused: object) -> None:
    start, target = generator.randrange(len(data)), _position(data, generator)
    data[target:target] = data[start : start + generator.choice((1, 4, 16, 64, 500))]


def _splice(data: bytearray, generator: random.Random, _: str, others: Sequence[bytes]) -> None:
    """Continue with another original of this format, or overwrite a part with a part of it."""
    other = generator.choice(others)
    start, target = generator.randrange(len(other)), _position(data, generator)
    if generator.random() < 0.5:
        data[target:] = other[start:]
    else:
        length = generator.choice((4, 16, 64, 300))
        data[target : target + length] = other[start : start + length]


def _delete_piece(data: bytearray, generator: random.Random, kind: str, *_unused: object) -> None:
    if piece := _piece(data, kind, generator):
        del data[piece.start : piece.end]


def _repeat_piece(data: bytearray, generator: random.Random, kind: str, *_unused: object) -> None:
    if piece := _piece(data, kind, generator):
        count = generator.choice((1, 2, 10, 300))
        data[piece.end : piece.end] = data[piece.start : min(piece.end, piece.start + 10_000)] * count


def _insert_piece(data: bytearray, generator: random.Random, kind: str, others: Sequence[bytes]) -> None:
    """Insert a piece of another original of this format before a piece."""
    other = generator.choice(others)
    source, target = _piece(other, kind, generator), _piece(data, kind, generator)
    if source and target:
        data[target.start : target.start] = other[source.start : source.end]


def _piece(data: bytes | bytearray, kind: str, generator: random.Random) -> Piece | None:
    pieces = find_pieces(kind, bytes(data))
    return generator.choice(pieces) if pieces else None


def _position(data: bytearray, generator: random.Random) -> int:
    return generator.randrange(min(len(data), generator.choice((_HEADER, 1024, len(data), len(data)))))


def _write_extreme(data: bytearray, start: int, generator: random.Random) -> None:
    length = generator.choice((1, 2, 4))
    value = generator.choice(_EXTREMES) & (1 << 8 * length) - 1
    data[start : start + length] = value.to_bytes(length, generator.choice(("little", "big")))


def _correct_checksums(data: bytearray, kind: str) -> None:
    for piece in find_pieces(kind, bytes(data)):
        if piece.end - piece.start >= 12:
            data[piece.end - 4 : piece.end] = zlib.crc32(data[piece.start + 4 : piece.end - 4]).to_bytes(4)


_CHANGES: Final[tuple[_Change, ...]] = (
    _flip_bits,
    _set_number,
    _set_number_of_piece,
    _set_number_of_piece,
    _truncate,
    _delete,
    _duplicate,
    _splice,
    _delete_piece,
    _repeat_piece,
    _insert_piece,
)
_IN_PLACE: Final[tuple[_Change, ...]] = (_flip_bits, _set_number, _set_number_of_piece)
"""The changes that keep the length of the file."""
