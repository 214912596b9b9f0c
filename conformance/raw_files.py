"""PNG and GIF files in variants that Pillow does not write, built byte by byte."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

Pixels = Sequence[Sequence[int | tuple[int, ...]]]
"""The rows of an image. A pixel is one sample, or a tuple with one sample per channel."""


class ColorType(IntEnum):
    """PNG's color types. https://www.w3.org/TR/png-3/#6Colour-values"""

    GRAY = 0
    RGB = 2
    PALETTE = 3
    GRAY_ALPHA = 4
    RGB_ALPHA = 6


_ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The first column, the first row, and the steps to the next column and row, for each pass of PNG's interlacing."""

_ZEROS: Final = 1 << 20
"""The number of zero bytes that are compressed at once."""


@dataclass(frozen=True, slots=True)
class GifFrame:
    """A frame that covers the whole screen of its GIF."""

    pixels: bytes
    """The palette index of each pixel."""
    hundredths: int
    """The duration, in hundredths of a second."""
    disposal: int
    """The disposal method of GIF: 1 keep, 2 background, 3 previous."""


def png(pixels: Pixels, depth: int, color_type: ColorType, *chunks: bytes, interlaced: bool = False) -> bytes:
    """Return a PNG with `depth` bits per sample. The additional chunks are between the header and the pixels."""
    height, width = len(pixels), len(pixels[0])
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    raw = b"".join(
        b"\0" + _pack_row(row[x::dx], depth) for x, y, dx, dy in passes for row in pixels[y::dy] if row[x::dx]
    )
    parts = [png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", zlib.compress(raw)), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deflated_zeros(length: int) -> bytes:
    """Return `length` zero bytes, compressed with zlib. The time does not depend on the length."""
    compressor = zlib.compressobj(9)
    head = compressor.compress(bytes(_ZEROS)) + compressor.flush(zlib.Z_FULL_FLUSH)
    block = compressor.compress(bytes(_ZEROS)) + compressor.flush(zlib.Z_FULL_FLUSH)
    blocks, rest = divmod(length, _ZEROS)
    if not blocks:
        return zlib.compress(bytes(length))
    last = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    tail = last.compress(bytes(rest)) + last.flush()
    # The checksum of Adler-32 of zeros: its low half is 1, and its high half is their number.
    return head + block * (blocks - 1) + tail + struct.pack(">HH", length % 65_521, 1)


def _pack_row(row: Sequence[int | tuple[int, ...]], depth: int) -> bytes:
    samples = [sample for pixel in row for sample in (pixel if isinstance(pixel, tuple) else (pixel,))]
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))


def gif(width: int, height: int, palette: bytes, frames: Sequence[GifFrame], loop: int | None = 0) -> bytes:
    """Return a GIF whose LZW data is valid, but not compressed.

    `loop` is the number in the NETSCAPE2.0 extension (0: endless). If `loop` is None, the GIF has no such extension.
    """
    size = len(palette).bit_length() - 3 if len(palette) > 6 else 0
    colors = 2 << size
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 | size, 0, 0) + palette.ljust(3 * colors, b"\0")
    if loop is not None:
        data += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\0"
    for frame in frames:
        data += b"\x21\xf9\x04" + struct.pack("<BHBB", frame.disposal << 2, frame.hundredths, 0, 0)
        data += b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0)
        data += b"\x07" + b"".join(_gif_blocks(frame.pixels)) + b"\0"
    return data + b"\x3b"


def _gif_blocks(pixels: bytes) -> Iterator[bytes]:
    """Yield blocks of 8-bit codes. A clear code every 100 pixels keeps the codes from growing to nine bits."""
    codes = bytearray()
    for start in range(0, len(pixels), 100):
        codes += b"\x80" + pixels[start : start + 100]
    codes.append(0x81)
    for start in range(0, len(codes), 255):
        block = bytes(codes[start : start + 255])
        yield bytes([len(block)]) + block
