"""Hostile, broken or mislabelled originals: refused with a sentence, soon, and in little memory."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from PIL import Image

from conformance import files
from conformance.case import Answer, Case
from conformance.pictures import encoded, quadrants


def cases() -> Iterator[Case]:
    """`check` is None: an error is the right answer."""
    for name, original in _HOSTILE.items():
        yield Case(row="refused cleanly", name=name, original=original, check=None, may_be_shown=name in _HARMLESS)
    for kind in ("jpeg", "png", "gif", "webp", "avif", "heif", "tiff", "bmp", "ico"):
        for share in (0.2, 0.6, 0.95):
            yield Case(
                row="refused cleanly",
                name=f"{'HEIC' if kind == 'heif' else kind.upper()} that ends after {share:.0%}",
                original=lambda kind=kind, share=share: _cut(kind, share),
                check=None,
            )
    for name in ("GIF", "APNG", "WebP"):
        yield Case(
            row="refused cleanly",
            name=f"{name} of 5000 frames",
            original=lambda name=name: _frames(name),
            check=None,
            format="webp",
            may_be_shown=True,
        )
    yield Case(
        row="refused cleanly",
        name="not refused: a grey JPEG of 20000x14000, which can be decoded small",
        original=lambda: flat_jpeg("L"),
        check=upright_size,
        format="jpeg",
    )


def upright_size(answer: Answer) -> str | None:
    """280 megapixels, of which an eighth each way is decoded."""
    image = answer.image
    return None if image.size == (60, 42) else f"{image.width}x{image.height}"


def _cut(kind: str, share: float) -> bytes:
    image = Image.effect_noise((240, 160), 60).convert("RGB")
    image.paste(quadrants(120, 80), (60, 40))
    whole = encoded(image, kind)
    return whole[: int(len(whole) * share)]


@cache
def flat_jpeg(mode: str, *, progressive: bool = False) -> bytes:
    """20000x14000 of one colour."""
    image = Image.new(mode, (20000, 14000), 99)
    return encoded(image, "jpeg", quality=50, progressive=progressive)


@cache
def _big_png() -> bytes:
    """65536x65536, all black: 537 MB of zeros before compression, half a megabyte after it."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 65536 // 8)
    data = b"".join(packer.compress(row * 64) for _ in range(1024)) + packer.flush()
    header = struct.pack(">IIBBBBB", 65536, 65536, 1, files.GREY, 0, 0, 0)
    parts = (files.chunk(b"IHDR", header), files.chunk(b"IDAT", data), files.chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _avif_of(width: int, height: int) -> bytes:
    """A small AVIF that says that it is large, both in its box and in its one sequence header: 17000 needs a grid."""
    data = bytearray(encoded(quadrants(64, 64), "avif"))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(data)


def _bomb_chunk(kind: bytes, start: bytes) -> bytes:
    bomb = zlib.compress(bytes(200_000_000), 9)
    return files.png([[0] * 48] * 32, 8, files.GREY, files.chunk(kind, start + bomb))


def _jpeg_header(width: int, height: int) -> bytes:
    data = bytearray(encoded(quadrants(64, 64), "jpeg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _frames(name: str) -> bytes:
    if name == "GIF":
        return files.gif(1, 1, bytes(6), [(bytes([number & 1]), 1, 1) for number in range(5000)])
    frames = [Image.new("RGB", (1, 1), (number & 255, number >> 8, 0)) for number in range(5000)]
    kind, options = ("png", {}) if name == "APNG" else ("webp", {"lossless": True, "method": 0, "minimize_size": False})
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=20, **options)


def _broken_middle(kind: str) -> bytes:
    data = bytearray(encoded(Image.effect_noise((240, 160), 60), kind))
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    return bytes(data)


def _closed_again() -> bytes:
    return _cut("jpeg", 0.5).rstrip(b"\xff") + b"\xff\xd9"


def _tiff(width: int, height: int, extra: tuple[tuple[int, int, int], ...] = ()) -> bytes:
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    entries += [(278, 4, height), (279, 4, 64), *extra]
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + table + struct.pack("<I", 8)


def _ico_bomb() -> bytes:
    inside = _big_png()
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(inside), 22) + inside


def _bmp_of(width: int, height: int) -> bytes:
    return (
        b"BM" + struct.pack("<IHHI", 100, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *(0,) * 6)
    )


def _outgrown_gif() -> bytes:
    """The header says 1x1; the frames that follow would take 4 GB each."""
    pixel = b"\x02\x02\x44\x01\x00"
    sizes = (b"\1\0\1\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff")
    frames = [b"\x2c\0\0\0\0" + size + b"\0" + pixel for size in sizes]
    return b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(frames) + b"\x3b"


def _webp_of(side: int) -> bytes:
    """A lossless WebP of one colour: a few bytes for any size."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side)).save(buffer, "webp", lossless=True, method=0)
    return buffer.getvalue()


_HOSTILE: dict[str, Callable[[], bytes]] = {
    "PNG of 65536x65536 in half a megabyte": _big_png,
    "AVIF that says 17000x17000": lambda: _avif_of(17000, 17000),
    "progressive JPEG of 20000x14000": lambda: flat_jpeg("RGB", progressive=True),
    "JPEG whose header says 65500x65500": lambda: _jpeg_header(65500, 65500),
    "WebP of 16383x16383": cache(lambda: _webp_of(16383)),
    "BMP that says 500000x500000": lambda: _bmp_of(500_000, 500_000),
    "TIFF that says 100000x100000": lambda: _tiff(100_000, 100_000),
    "TIFF with four thousand million samples a pixel": lambda: _tiff(64, 64, ((338, 3, 65535),))[:-4] + b"\xff" * 4,
    "ICO with a bomb inside": _ico_bomb,
    "GIF whose frames outgrow its screen": _outgrown_gif,
    "PNG with 200 MB in a compressed comment": cache(lambda: _bomb_chunk(b"zTXt", b"Comment\0\0")),
    "PNG with 200 MB in a compressed profile": cache(lambda: _bomb_chunk(b"iCCP", b"icc\0\0")),
    "PNG with 200 MB in an international comment": cache(lambda: _bomb_chunk(b"iTXt", b"Comment\0\1\0\0\0")),
    "JPEG that was cut off and closed again": _closed_again,
    "PNG with a broken middle": lambda: _broken_middle("png"),
    "an empty file": lambda: b"",
    "one byte": lambda: b"\xff",
    "a text": lambda: b"this is no picture, whatever its name says",
    "a web page": lambda: b"<!doctype html><title>no picture</title>",
    "a signature and nothing else (PNG)": lambda: b"\x89PNG\r\n\x1a\n",
    "a signature and nothing else (JPEG)": lambda: b"\xff\xd8\xff\xe0",
    "a signature and noise (WebP)": lambda: b"RIFF\x40\0\0\0WEBP" + bytes(range(64)),
    "a signature and noise (AVIF)": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(range(64)),
    "an archive": lambda: b"PK\x03\x04" + bytes(60),
}
_HARMLESS = {
    "WebP of 16383x16383",
    "GIF whose frames outgrow its screen",
    *(name for name in _HOSTILE if name.startswith("PNG with 200 MB")),
}
"""Where refusing is prudent, but a decoder may be able to go past the danger."""
