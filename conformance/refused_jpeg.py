"""Hostile and broken JPEG originals."""

import struct
from collections.abc import Callable
from functools import cache
from typing import Final

from PIL import Image

from conformance.jpeg_files import insert_after_start, progressive_jpeg, scan, segment
from conformance.pictures import encode, quadrants

_APP1, _COMMENT = 0xE1, 0xFE
_EXIF: Final = b"Exif\0\0II*\0\x08\0\0\0\0\0"
_HUGE: Final = (9950, 9948)
"""A size of 99 megapixels."""


@cache
def gray_jpeg() -> bytes:
    """Return a gray JPEG of 20000x14000 pixels of one color."""
    return encode(Image.new("L", (20000, 14000), 99), "jpeg", quality=50)


def _small() -> bytes:
    return encode(quadrants(64, 64), "jpeg")


def _with_declared_size(width: int, height: int) -> bytes:
    """Return a small JPEG whose header declares another size."""
    data = bytearray(_small())
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _with_hidden_scans() -> bytes:
    """Return a progressive JPEG of 99 megapixels with 345 scans after a marker without a length.

    If the marker of the first scan is read as a length, this length is 65,498, so that almost all scans are skipped.
    """
    return progressive_jpeg(*_HUGE, 1, b"\xff\1" + scan(range(1, 2), content=bytes(180)) * 345)


def _truncated_with_end_marker() -> bytes:
    image = Image.effect_noise((240, 160), 60).convert("RGB")
    data = encode(image, "jpeg")
    return data[: len(data) // 2].rstrip(b"\xff") + b"\xff\xd9"


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "progressive JPEG of 20000x14000": lambda: progressive_jpeg(20000, 14000, 3),
    "JPEG with a declared size of 65500x65500": lambda: _with_declared_size(65500, 65500),
    "truncated JPEG with an end marker": _truncated_with_end_marker,
    "JPEG signature without content": lambda: b"\xff\xd8\xff\xe0",
    "JPEG of 99 megapixels with 5000 empty scans": lambda: progressive_jpeg(*_HUGE, 1, scan(range(1, 2)) * 5000),
    "JPEG of 99 megapixels with 345 scans after a marker without a length": _with_hidden_scans,
    "JPEG with 600,000 empty segments of Exif data": lambda: insert_after_start(_small(), segment(_APP1) * 600_000),
    "JPEG with 12 million empty comments": lambda: insert_after_start(_small(), segment(_COMMENT) * 12_000_000),
    "JPEG that begins with a second marker of its start": lambda: b"\xff\xd8" * 1000 + _small(),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "JPEG with 4 MB of Exif data in 64 segments": lambda: insert_after_start(
        _small(), segment(_APP1, _EXIF + bytes(65_000)) * 64
    ),
    "JPEG with 49 million fill bytes": lambda: insert_after_start(_small(), b"\xff" * 49_000_000),
    "JPEG with 10 million fill bytes before a zero": lambda: insert_after_start(_small(), b"\xff" * 10_000_000 + b"\0"),
    "JPEG with 49 MB of comments": lambda: insert_after_start(_small(), segment(_COMMENT, bytes(65_000)) * 750),
    "progressive CMYK JPEG of 99 megapixels": lambda: progressive_jpeg(*_HUGE, 4),
}
"""Originals that a resizer can also render safely."""
