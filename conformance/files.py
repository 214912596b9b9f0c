"""Files that Pillow does not write, byte by byte."""

import struct
import zlib
from collections.abc import Iterator, Sequence

Pixels = Sequence[Sequence[int | tuple[int, ...]]]
"""Rows of pixels: a sample, or one per channel."""

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
"""PNG's colour types."""

_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""x, y, and the steps to the next, of each pass."""


def png(pixels: Pixels, depth: int, colour: int, *chunks: bytes, interlaced: bool = False) -> bytes:
    """`chunks` stand between header and pixels."""
    height, width = len(pixels), len(pixels[0])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    raw = b"".join(b"\0" + _packed(row[x::dx], depth) for x, y, dx, dy in passes for row in pixels[y::dy] if row[x::dx])
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _packed(row: Sequence[int | tuple[int, ...]], depth: int) -> bytes:
    samples = [sample for pixel in row for sample in (pixel if isinstance(pixel, tuple) else (pixel,))]
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def gif(
    width: int, height: int, palette: bytes, frames: Sequence[tuple[bytes, int, int]], loop: int | None = 0
) -> bytes:
    """`frames` are pixels (indices), hundredths of a second, disposal; uncompressed, as a decoder cannot tell."""
    size = len(palette).bit_length() - 3 if len(palette) > 6 else 0
    colours = 2 << size
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 | size, 0, 0) + palette.ljust(3 * colours, b"\0")
    if loop is not None:
        out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\0"
    for pixels, hundredths, disposal in frames:
        out += b"\x21\xf9\x04" + struct.pack("<BHBB", disposal << 2, hundredths, 0, 0)
        out += b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x07" + b"".join(_blocks(pixels)) + b"\0"
    return out + b"\x3b"


def _blocks(pixels: bytes) -> Iterator[bytes]:
    """Codes of eight bits, with a clear code before they would grow to nine."""
    codes = bytearray()
    for at in range(0, len(pixels), 100):
        codes += b"\x80" + pixels[at : at + 100]
    codes.append(0x81)
    for at in range(0, len(codes), 255):
        part = bytes(codes[at : at + 255])
        yield bytes([len(part)]) + part


def matrix_profile(primaries: Sequence[tuple[float, float, float]], gamma: float, space: bytes = b"RGB ") -> bytes:
    """An ICC profile: XYZ (D50) of red, green and blue, and one gamma; with no primaries one for grey."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    xyz = [b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in point) for point in primaries]
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    tags = [(b"desc", name + bytes(-len(name) % 4)), (b"wtpt", white)]
    tags += list(zip((b"rXYZ", b"gXYZ", b"bXYZ"), xyz, strict=False))
    tags += [(tag, curve) for tag in ((b"rTRC", b"gTRC", b"bTRC") if primaries else (b"kTRC",))]
    at, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for tag, content in tags:
        table += tag + struct.pack(">II", at + len(data), len(content))
        data += content
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"test", 0x02400000, b"mntr", space, b"XYZ ", bytes(12), b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def cmyk_profile() -> bytes:
    """An ICC profile with a table of 2x2x2x2 colours: a plausible, if dull, press."""
    grid = b""
    for number in range(16):
        c, m, y, k = (number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1)
        light = 95 - 40 * c - 45 * m - 8 * y
        lightness = max(8.0, light * (1 - 0.88 * k))
        a, b = (-35 * c + 70 * m - 5 * y) * (1 - k), (-45 * c - 4 * m + 88 * y) * (1 - k)
        grid += struct.pack(">BBB", round(lightness * 2.55), round(a * 0.8) + 128, round(b * 0.8) + 128)
    identity = b"".join(struct.pack(">B", value) for value in range(256))
    lut = b"mft1\0\0\0\0" + struct.pack(">BBBB", 4, 3, 2, 0) + struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut += identity * 4 + grid + identity * 3
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    at, table, data = 128 + 4 + 12 * 3, b"", b""
    for tag, content in (
        (b"desc", name + bytes(-len(name) % 4)),
        (b"wtpt", white),
        (b"A2B0", lut + bytes(-len(lut) % 4)),
    ):
        table += tag + struct.pack(">II", at + len(data), len(content))
        data += content
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"test", 0x02400000, b"prtr", b"CMYK", b"Lab ", bytes(12), b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", 3) + table + data
