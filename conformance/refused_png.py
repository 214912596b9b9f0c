"""Hostile and broken PNG and APNG originals."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Final

from PIL import Image

from conformance.icc_profiles import P3_PRIMARIES, matrix_chain, matrix_profile
from conformance.pictures import encode
from conformance.raw_files import ColorType, deflated_zeros, png, png_chunk

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def black_png(width: int, height: int, depth: int, color_type: ColorType, channels: int) -> bytes:
    """Return a black PNG, whose pixels take little more than a thousandth of their size."""
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    pixels = deflated_zeros(height * (1 + -(-width * depth * channels // 8)))
    return _SIGNATURE + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


@cache
def large_png() -> bytes:
    """Return a black PNG of 65536x65536 pixels: 537 MB before compression, half a megabyte after it."""
    return black_png(65_536, 65_536, 1, ColorType.GRAY, 1)


def gray_png(*chunks: bytes) -> bytes:
    """Return a gray PNG of 64x64 pixels with additional chunks before its pixels."""
    return png([[0] * 64] * 64, 8, ColorType.GRAY, *chunks)


def _with_compressed(kind: bytes, prefix: bytes, length: int = 200_000_000, count: int = 1) -> bytes:
    """Return a small PNG with chunks that decompress to `length` bytes each."""
    return gray_png(png_chunk(kind, prefix + deflated_zeros(length)) * count)


def _with_profile(profile: bytes) -> bytes:
    chunk = png_chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile, 9))
    return png([[(200, 40, 40)] * 64] * 64, 8, ColorType.RGB, chunk)


def _with_zeros_in_the_middle() -> bytes:
    data = bytearray(encode(Image.effect_noise((240, 160), 60), "png"))
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    return bytes(data)


def _animated(frame_count: int, *chunks: bytes, width: int = 64, x: int = 0) -> bytes:
    """Return an APNG that declares `frame_count` frames, and has one, whose place on the canvas can be wrong."""
    control = png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, width, 64, x, 0, 1, 10, 0, 0))
    return gray_png(png_chunk(b"acTL", struct.pack(">II", frame_count, 0)), control, *chunks)


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "PNG of 65536x65536 in half a megabyte": large_png,
    "PNG with zeros in the middle": _with_zeros_in_the_middle,
    "PNG signature without content": lambda: _SIGNATURE,
    "PNG with four million empty chunks": lambda: gray_png(png_chunk(b"aaAa", b"") * 4_000_000),
    "PNG of 99,000,000x1": lambda: black_png(99_000_000, 1, 8, ColorType.GRAY, 1),
    "PNG of 1,000,000x99 with 16 bits per channel": lambda: black_png(1_000_000, 99, 16, ColorType.RGB_ALPHA, 4),
    "APNG with four million empty chunks": lambda: _animated(1, png_chunk(b"aaAa", b"") * 4_000_000),
    "APNG with a frame outside of its canvas": lambda: _animated(2, width=4_000_000_000),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "PNG with 200 MB in a compressed comment": lambda: _with_compressed(b"zTXt", b"Comment\0\0"),
    "PNG with 200 MB in a compressed profile": lambda: _with_compressed(b"iCCP", b"icc\0\0"),
    "PNG with 200 MB in an international comment": lambda: _with_compressed(b"iTXt", b"Comment\0\1\0\0\0"),
    "PNG with 8 GB in 1000 international comments": lambda: _with_compressed(
        b"iTXt", b"Comment\0\1\0\0\0", 7_900_000, 1000
    ),
    "PNG with a profile of 120,000 matrices": lambda: _with_profile(
        matrix_profile(P3_PRIMARIES, 1.8, more_tags=[(b"D2B0", matrix_chain(120_000))])
    ),
    "PNG with a profile of 349,000 tags": lambda: _with_profile(
        matrix_profile(P3_PRIMARIES, 1.8, more_tags=[(b"D2B0", b"")] * 349_000)
    ),
    "APNG with 8 GB in 1000 international comments": lambda: _animated(
        1, png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + deflated_zeros(7_900_000)) * 1000
    ),
    "APNG that declares four billion frames": lambda: _animated(0xFFFF_FFFF),
}
"""Originals that a resizer can also render safely, if its decoder skips the dangerous part."""
