"""Hostile and broken BMP and ICO originals, SVG originals, and originals that are not images."""

import struct
from collections.abc import Callable
from typing import Final

from conformance.raw_files import ColorType, png_chunk
from conformance.refused_png import black_png, gray_png, large_png

_RUN_LENGTHS: Final = 1


def _bmp(width: int, height: int, bits: int, compression: int = 0, pixels: bytes = b"", colors: int = 0) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, colors, 0)
    palette = bytes(4 * min(colors, 256))
    return b"BM" + struct.pack("<IHHI", 100, 0, 0, 54 + len(palette)) + header + palette + pixels


def _ico(content: bytes, count: int = 1) -> bytes:
    """Return an ICO of `count` pictures, which all share their bytes."""
    entry = struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(content), 6 + 16 * count)
    return struct.pack("<HHH", 0, 1, count) + entry * count + content


def _svg_of_entities() -> bytes:
    """Return an SVG with a text that expands to three billion letters."""
    entities = [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)]
    declarations = '<!ENTITY e0 "lol">' + "".join(entities)
    return f'<!DOCTYPE svg [{declarations}]><svg xmlns="http://www.w3.org/2000/svg"><text>&e9;</text></svg>'.encode()


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "BMP with a declared size of 500000x500000": lambda: _bmp(500_000, 500_000, 24),
    "ICO that contains a decompression bomb": lambda: _ico(large_png()),
    "BMP of 68 bytes with 99,000,000x1 pixels": lambda: _bmp(
        99_000_000, 1, 8, _RUN_LENGTHS, b"\xff\1\0\0\0\1", colors=2
    ),
    "BMP of 7000x7000 with 48 MB of commands without pixels": lambda: _bmp(
        7000, 7000, 8, _RUN_LENGTHS, b"\0\2\0\0" * 12_000_000 + b"\0\1", colors=2
    ),
    "BMP of 7000x7000 whose rows end after one pixel": lambda: _bmp(
        7000, 7000, 8, _RUN_LENGTHS, b"\1\0\0\0" * 7000 + bytes(400_000), colors=2
    ),
    "BMP with a palette of four billion colors": lambda: _bmp(64, 64, 8, pixels=bytes(4096), colors=0xFFFF_FFFF),
    "ICO with a bitmap of 40000x40000": lambda: _ico(_bmp(40_000, 80_000, 1, colors=2)[14:]),
    "ICO with a PNG of 9950x9948": lambda: _ico(black_png(9950, 9948, 8, ColorType.RGB_ALPHA, 4)),
    "ICO with a PNG of four million empty chunks": lambda: _ico(gray_png(png_chunk(b"aaAa", b"") * 4_000_000)),
    "ICO with a bitmap of 7000x7000 whose rows end after one pixel": lambda: _ico(
        _bmp(7000, 14_000, 8, _RUN_LENGTHS, b"\1\0\0\0" * 7000, colors=2)[14:]
    ),
    "empty file": lambda: b"",
    "file of one byte": lambda: b"\xff",
    "text file": lambda: b"this is no picture, whatever its name says",
    "HTML page": lambda: b"<!doctype html><title>no picture</title>",
    "ZIP archive": lambda: b"PK\x03\x04" + bytes(60),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "ICO with 65,535 pictures that share their bytes": lambda: _ico(
        black_png(64, 64, 8, ColorType.RGB_ALPHA, 4), 65_535
    ),
    "SVG that is truncated": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><rect",
    "SVG with entities that expand to 3 GB": _svg_of_entities,
    "SVG after 100,000 comments": lambda: b"<!-- -->" * 100_000 + b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
}
"""Originals that a resizer can also render safely."""
