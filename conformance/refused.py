"""The picture cases for hostile, broken and mislabeled originals, which a resizer must refuse with little memory."""

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from PIL import Image

from conformance.case import Case, Output
from conformance.pictures import encode, format_label, quadrants
from conformance.raw_files import ColorType, GifFrame, gif, png, png_chunk

_GROUP: Final = "refused originals"


def cases() -> Iterator[Case]:
    """Yield picture cases with originals that a resizer must refuse, and one with an original that it must accept."""
    for name, original in _HOSTILE.items():
        yield Case(group=_GROUP, name=name, original=original, check=None, may_be_rendered=name in _HARMLESS)
    for kind in ("jpeg", "png", "gif", "webp", "avif", "heif", "tiff", "bmp", "ico"):
        for share in (0.2, 0.6, 0.95):
            yield Case(
                group=_GROUP,
                name=f"{format_label(kind)} truncated to {share:.0%}",
                original=lambda kind=kind, share=share: _truncated(kind, share),
                check=None,
            )
    for name in ("GIF", "APNG", "WebP"):
        yield Case(
            group=_GROUP,
            name=f"{name} with 5000 frames",
            original=lambda name=name: _animation_of_5000_frames(name),
            check=None,
            format="webp",
            may_be_rendered=True,
        )
    yield Case(
        group=_GROUP,
        name="accepted: gray JPEG of 20000x14000, which can be decoded at a reduced size",
        original=lambda: _single_color_jpeg("L"),
        check=_check_size,
        format="jpeg",
    )


def _check_size(output: Output) -> str | None:
    """Check the size. The original has 280 megapixels, of which a decoder at scale 1/8 produces 1/64."""
    image = output.image
    return None if image.size == (60, 42) else f"size {image.width}x{image.height}"


def _truncated(kind: str, share: float) -> bytes:
    image = Image.effect_noise((240, 160), 60).convert("RGB")
    image.paste(quadrants(120, 80), (60, 40))
    body = encode(image, kind)
    return body[: int(len(body) * share)]


@cache
def _single_color_jpeg(mode: str, *, progressive: bool = False) -> bytes:
    """Return a JPEG of 20000x14000 pixels of one color."""
    image = Image.new(mode, (20000, 14000), 99)
    return encode(image, "jpeg", quality=50, progressive=progressive)


@cache
def _large_png() -> bytes:
    """Return a black PNG of 65536x65536 pixels: 537 MB before compression, half a megabyte after it."""
    compressor = zlib.compressobj(9)
    row = bytes(1 + 65536 // 8)
    data = b"".join(compressor.compress(row * 64) for _ in range(1024)) + compressor.flush()
    header = struct.pack(">IIBBBBB", 65536, 65536, 1, ColorType.GRAY, 0, 0, 0)
    parts = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", data), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _avif_with_declared_size(width: int, height: int) -> bytes:
    """Return a small AVIF whose `ispe` box declares another size. A real AVIF of 17000x17000 would need a grid."""
    data = bytearray(encode(quadrants(64, 64), "avif"))
    start = data.index(b"ispe")
    data[start + 8 : start + 16] = struct.pack(">II", width, height)
    return bytes(data)


def _png_with_large_chunk(kind: bytes, prefix: bytes) -> bytes:
    """Return a small PNG with a chunk that decompresses to 200 MB."""
    bomb = zlib.compress(bytes(200_000_000), 9)
    return png([[0] * 48] * 32, 8, ColorType.GRAY, png_chunk(kind, prefix + bomb))


def _jpeg_with_declared_size(width: int, height: int) -> bytes:
    """Return a small JPEG whose header declares another size."""
    data = bytearray(encode(quadrants(64, 64), "jpeg"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _animation_of_5000_frames(name: str) -> bytes:
    if name == "GIF":
        return gif(1, 1, bytes(6), [GifFrame(bytes([number & 1]), 1, 1) for number in range(5000)])
    frames = [Image.new("RGB", (1, 1), (number & 255, number >> 8, 0)) for number in range(5000)]
    kind, options = ("png", {}) if name == "APNG" else ("webp", {"lossless": True, "method": 0, "minimize_size": False})
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=20, **options)


def _with_zeros_in_the_middle(kind: str) -> bytes:
    data = bytearray(encode(Image.effect_noise((240, 160), 60), kind))
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    return bytes(data)


def _truncated_with_end_marker() -> bytes:
    return _truncated("jpeg", 0.5).rstrip(b"\xff") + b"\xff\xd9"


def _tiff_with_declared_size(width: int, height: int, extra: tuple[tuple[int, int, int], ...] = ()) -> bytes:
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    entries += [(278, 4, height), (279, 4, 64), *extra]
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + table + struct.pack("<I", 8)


def _ico_with_large_png() -> bytes:
    inside = _large_png()
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(inside), 22) + inside


def _bmp_with_declared_size(width: int, height: int) -> bytes:
    return (
        b"BM" + struct.pack("<IHHI", 100, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *(0,) * 6)
    )


def _gif_with_large_frames() -> bytes:
    """Return a GIF whose screen is 1x1, with further frames that would take 4 GB each."""
    pixel = b"\x02\x02\x44\x01\x00"
    sizes = (b"\1\0\1\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff")
    frames = [b"\x2c\0\0\0\0" + size + b"\0" + pixel for size in sizes]
    return b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(frames) + b"\x3b"


def _single_color_webp(side: int) -> bytes:
    """Return a lossless WebP of one color. At any size, the file has only a few bytes."""
    return encode(Image.new("RGB", (side, side)), "webp", lossless=True, method=0)


_HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    "PNG of 65536x65536 in half a megabyte": _large_png,
    "AVIF with a declared size of 17000x17000": lambda: _avif_with_declared_size(17000, 17000),
    "progressive JPEG of 20000x14000": lambda: _single_color_jpeg("RGB", progressive=True),
    "JPEG with a declared size of 65500x65500": lambda: _jpeg_with_declared_size(65500, 65500),
    "WebP of 16383x16383": cache(lambda: _single_color_webp(16383)),
    "BMP with a declared size of 500000x500000": lambda: _bmp_with_declared_size(500_000, 500_000),
    "TIFF with a declared size of 100000x100000": lambda: _tiff_with_declared_size(100_000, 100_000),
    "TIFF with four billion samples per pixel": lambda: (
        _tiff_with_declared_size(64, 64, ((338, 3, 65535),))[:-4] + b"\xff" * 4
    ),
    "ICO that contains a decompression bomb": _ico_with_large_png,
    "GIF with frames larger than its screen": _gif_with_large_frames,
    "PNG with 200 MB in a compressed comment": cache(lambda: _png_with_large_chunk(b"zTXt", b"Comment\0\0")),
    "PNG with 200 MB in a compressed profile": cache(lambda: _png_with_large_chunk(b"iCCP", b"icc\0\0")),
    "PNG with 200 MB in an international comment": cache(lambda: _png_with_large_chunk(b"iTXt", b"Comment\0\1\0\0\0")),
    "truncated JPEG with an end marker": _truncated_with_end_marker,
    "PNG with zeros in the middle": lambda: _with_zeros_in_the_middle("png"),
    "empty file": lambda: b"",
    "file of one byte": lambda: b"\xff",
    "text file": lambda: b"this is no picture, whatever its name says",
    "HTML page": lambda: b"<!doctype html><title>no picture</title>",
    "PNG signature without content": lambda: b"\x89PNG\r\n\x1a\n",
    "JPEG signature without content": lambda: b"\xff\xd8\xff\xe0",
    "WebP signature followed by noise": lambda: b"RIFF\x40\0\0\0WEBP" + bytes(range(64)),
    "AVIF signature followed by noise": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(range(64)),
    "ZIP archive": lambda: b"PK\x03\x04" + bytes(60),
}
_HARMLESS: Final = {
    "WebP of 16383x16383",
    "GIF with frames larger than its screen",
    *(name for name in _HOSTILE if name.startswith("PNG with 200 MB")),
}
"""The names of originals that a resizer can also render safely, if its decoder skips the dangerous part."""
