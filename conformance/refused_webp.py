"""Hostile and broken WebP and GIF originals."""

import struct
from collections.abc import Callable
from typing import Final

from conformance.icc_profiles import P3_PRIMARIES, matrix_profile
from conformance.webp_files import animation, animation_frame, chunk, single_color, webp

_PIXEL: Final = b"\x02\x02\x44\x01\x00"
"""The compressed pixels of a GIF of one pixel."""
_TRAILER: Final = b"\x3b"


def _gif(*blocks: bytes, width: int = 1, height: int = 1) -> bytes:
    """Return a GIF with these blocks after its header."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + b"".join(blocks)


def _gif_frame(width: int = 1, height: int = 1, x: int = 0, y: int = 0) -> bytes:
    """Return a frame that has only one pixel in the file."""
    return b"\x2c" + struct.pack("<HHHHB", x, y, width, height, 0) + _PIXEL


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "WebP signature followed by noise": lambda: b"RIFF\x40\0\0\0WEBP" + bytes(range(64)),
    "WebP of 39 MB with a million chunks": lambda: webp(single_color(64, 64), chunk(b"abcd", bytes(32)) * 1_000_000),
    "animated WebP with 700,000 frames": lambda: animation(2, 2, 700_000),
    "animated WebP with a frame outside of its canvas": lambda: animation(
        64, 64, 2, frame=animation_frame(16_000_000, 0, 16_383, 16_383)
    ),
    "GIF of 49 MB with a comment in blocks of one byte": lambda: _gif(
        b"\x21\xfe", b"\1x" * 24_500_000, b"\0", _gif_frame(), _TRAILER
    ),
    "GIF with a million frames": lambda: _gif(_gif_frame() * 1_000_000, _TRAILER),
    "GIF with a frame of 65535x65535 on a screen of 64x64": lambda: _gif(
        _gif_frame(65_535, 65_535), _TRAILER, width=64, height=64
    ),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "WebP of 16383x16383": lambda: webp(single_color(16_383, 16_383)),
    "WebP of 28 bytes with 99 megapixels": lambda: webp(single_color(16_383, 6_100)),
    "animated WebP with 1000 frames and a profile": lambda: animation(
        2, 2, 1000, profile=matrix_profile(P3_PRIMARIES, 1.8)
    ),
    "GIF with frames larger than its screen": lambda: _gif(
        _gif_frame(), _gif_frame(65_535, 65_535), _gif_frame(65_535, 65_535), _TRAILER
    ),
}
"""Originals that a resizer can also render safely."""
