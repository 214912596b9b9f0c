"""Hostile and broken TIFF originals."""

import struct
from collections.abc import Callable, Mapping
from typing import Final

from conformance.raw_files import deflated_zeros

_SHORT, _LONG, _LONG8 = 3, 4, 16
_DEFLATE, _PACK_BITS = 8, 32773
_SAMPLES_PER_PIXEL: Final = 277
_STRIP_LENGTHS: Final = 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_LENGTHS = 322, 323, 324, 325
_NO_PIXELS: Final = 0x80
"""A byte that stands for no pixel in the compression PackBits."""

_Entries = Mapping[int, tuple[int, int, int]]
"""The type, the count, and the value or the offset of the values of each tag."""


def _file(data: bytes, entries: _Entries, *, is_big: bool = False) -> bytes:
    """Return a TIFF or a BigTIFF with data at the offset 16.

    The directory is followed by itself, as if the file had endlessly many pictures.
    """
    start = 16 + len(data)
    count, number = ("<Q", "Q") if is_big else ("<H", "I")
    table = b"".join(struct.pack(f"<HH{number}{number}", tag, *entry) for tag, entry in sorted(entries.items()))
    header = b"II+\0\x08\0\0\0" + struct.pack("<Q", start) if is_big else b"II*\0" + struct.pack("<IQ", start, 0)
    return header + data + struct.pack(count, len(entries)) + table + struct.pack(f"<{number}", start)


def _gray(width: int, height: int, compression: int = 1) -> dict[int, tuple[int, int, int]]:
    """Return the entries of a gray picture, except those of its strips or tiles."""
    shorts = {258: 8, 259: compression, 262: 1, _SAMPLES_PER_PIXEL: 1}
    return {256: (_LONG, 1, width), 257: (_LONG, 1, height)} | {
        tag: (_SHORT, 1, value) for tag, value in shorts.items()
    }


def _one_strip(
    width: int, height: int, more: _Entries | None = None, *, data: bytes = bytes(64), compression: int = 1
) -> bytes:
    """Return a gray TIFF of one strip."""
    strip = {273: (_LONG, 1, 16), 278: (_LONG, 1, height), _STRIP_LENGTHS: (_LONG, 1, len(data))}
    return _file(data, _gray(width, height, compression) | strip | dict(more or {}))


def _strips_that_share_their_bytes(count: int) -> bytes:
    """Return a BigTIFF of strips of one row, which share 300 kB."""
    strip = bytes([_NO_PIXELS]) * 300_000 + bytes([193, 99])
    data = strip + struct.pack(f"<{count}Q", *[16] * count) + struct.pack(f"<{count}Q", *[len(strip)] * count)
    entries = _gray(64, count, _PACK_BITS) | {
        273: (_LONG8, count, 16 + len(strip)),
        278: (_LONG, 1, 1),
        _STRIP_LENGTHS: (_LONG8, count, 16 + len(strip) + 8 * count),
    }
    return _file(data, entries, is_big=True)


def _tiles_that_share_their_bytes(count: int) -> bytes:
    """Return a TIFF of tiles of 16x16 pixels, which share 300 kB. It also has an entry for the length of one strip."""
    tile = bytes([_NO_PIXELS]) * 300_000 + bytes([129, 99]) * 2
    data = tile + struct.pack(f"<{count}I", *[16] * count) + struct.pack(f"<{count}I", *[len(tile)] * count)
    entries = _gray(16, 16 * count, _PACK_BITS) | {
        _STRIP_LENGTHS: (_LONG, 1, 1),
        _TILE_WIDTH: (_SHORT, 1, 16),
        _TILE_HEIGHT: (_SHORT, 1, 16),
        _TILE_OFFSETS: (_LONG, count, 16 + len(tile)),
        _TILE_LENGTHS: (_LONG, count, 16 + len(tile) + 4 * count),
    }
    return _file(data, entries)


def _long_entries(count: int) -> bytes:
    """Return a TIFF of which four entries have `count` numbers, which share their bytes."""
    return _one_strip(
        64, 64, dict.fromkeys((258, 259, 262, _STRIP_LENGTHS), (_SHORT, count, 16)), data=bytes(2 * count)
    )


def _large_tile() -> bytes:
    side = 22_512
    data = deflated_zeros(side * side)
    numbers = {_TILE_WIDTH: side, _TILE_HEIGHT: side, _TILE_OFFSETS: 16, _TILE_LENGTHS: len(data)}
    return _file(data, _gray(64, 64, _DEFLATE) | {tag: (_LONG, 1, number) for tag, number in numbers.items()})


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "TIFF with a declared size of 100000x100000": lambda: _one_strip(100_000, 100_000),
    "TIFF with four billion samples per pixel": lambda: _one_strip(
        64, 64, {_SAMPLES_PER_PIXEL: (_LONG, 1, 0xFFFF_FFFF)}
    ),
    "TIFF of 99,000,000x1": lambda: _one_strip(99_000_000, 1, data=deflated_zeros(99_000_000), compression=_DEFLATE),
    "TIFF with 4000 channels": lambda: _one_strip(
        5000, 5000, {_SAMPLES_PER_PIXEL: (_SHORT, 1, 4000)}, data=deflated_zeros(100_000_000), compression=_DEFLATE
    ),
    "BigTIFF of 20,000 strips that share their bytes": lambda: _strips_that_share_their_bytes(20_000),
    "TIFF of 4000 tiles that share their bytes, and with the length of a strip": lambda: _tiles_that_share_their_bytes(
        4000
    ),
    "TIFF of 48 MB with four entries of 24 million numbers": lambda: _long_entries(24_000_000),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "TIFF of 64x64 with a tile of 22512x22512": _large_tile,
    "TIFF whose directory is followed by itself": lambda: _one_strip(64, 64, data=bytes(4096)),
}
"""Originals that a resizer can also render safely."""
