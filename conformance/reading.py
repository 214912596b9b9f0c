"""Every format and kind of original is read."""

import struct
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageChops, ImageCms

from conformance import files, fixtures
from conformance.case import Case, quarters, upright
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encoded, quadrants

_PALETTE = bytes([*RED, *GREEN, *BLUE, *YELLOW])
_SMALL = {"width": 24}
_BLACK, _WHITE, _DARK, _LIGHT = (0,) * 3, (255,) * 3, (85,) * 3, (170,) * 3


def cases() -> Iterator[Case]:
    """Of the four quarters, unless a format cannot show colours."""
    for name, original in _ORIGINALS.items():
        yield Case(row="originals read", name=name, original=original, check=upright(26))
    for name, original in _PRINTED.items():  # with colours of its own, where no profile says which
        yield Case(row="originals read", name=name, original=original, check=upright(100))
    for name, original in _SMALL_ORIGINALS.items():
        yield Case(row="originals read", name=name, original=original, check=upright(26, (24, 16)), options=_SMALL)
    for name, original in _GREYS.items():
        check = quarters((_BLACK, _DARK, _LIGHT, _WHITE), 4, (24, 16))
        yield Case(row="originals read", name=name, original=original, check=check, options=_SMALL)
    check = quarters((_BLACK, _WHITE, _WHITE, _BLACK), 4, (24, 16))
    one = {"PNG of 1 bit": lambda: _bits(1), "BMP of 1 bit": lambda: _two("bmp"), "TIFF of 1 bit": lambda: _two("tiff")}
    for name, original in one.items():
        yield Case(row="originals read", name=name, original=original, check=check, options=_SMALL)
    tiled = quarters((RED, GREEN, BLUE, YELLOW), 26, (64, 64))
    yield Case(
        row="originals read",
        name="AVIF, a grid of tiles",
        original=lambda: fixtures.GRID,
        check=tiled,
        options={"width": 64},
    )


def _as(kind: str, mode: str = "RGB", **options: Any) -> Callable[[], bytes]:
    return lambda: encoded(quadrants(240, 160).convert(mode), kind, **options)


def _ycck() -> bytes:
    """CMYK whose first three channels are told to be YCbCr, as Photoshop writes it: the Adobe marker says so."""
    luma = ImageChops.invert(quadrants(240, 160)).convert("YCbCr").split()
    inverted = [channel.point(lambda value: 255 - value) for channel in (*luma, Image.new("L", (240, 160), 255))]
    data = bytearray(encoded(Image.merge("CMYK", inverted), "jpeg", quality=95))
    data[data.index(b"Adobe") + 11] = 2
    return bytes(data)


def _several(kind: str, **options: Any) -> bytes:
    others = [Image.new("RGB", (240, 160)), Image.new("RGB", (60, 60), "white")]
    return encoded(quadrants(240, 160), kind, save_all=True, append_images=others, **options)


def _gain_map() -> bytes:
    """A photograph, and behind its end a smaller grey one, as phones add it for bright screens."""
    return encoded(quadrants(240, 160), "jpeg") + encoded(Image.new("L", (120, 80), 9), "jpeg")


def _rows(values: list[Any], width: int = 48, height: int = 32) -> list[list[Any]]:
    top = [values[0]] * (width // 2) + [values[1]] * (width // 2)
    bottom = [values[2]] * (width // 2) + [values[3]] * (width // 2)
    return [list(top) for _ in range(height // 2)] + [list(bottom) for _ in range(height // 2)]


def _bits(depth: int, *, interlaced: bool = False) -> bytes:
    most = (1 << depth) - 1
    values = [0, most, most, 0] if depth == 1 else [round(most * share / 3) for share in range(4)]
    return files.png(_rows(values), depth, files.GREY, interlaced=interlaced)


def _two(kind: str) -> bytes:
    image = Image.new("1", (48, 32))
    image.paste(1, (24, 0, 48, 16))
    image.paste(1, (0, 16, 24, 32))
    return encoded(image, kind)


def _colours(depth: int, *, interlaced: bool = False) -> bytes:
    scale = 257 if depth == 16 else 1
    values = [tuple(v * scale for v in colour) for colour in (RED, GREEN, BLUE, YELLOW)]
    return files.png(_rows(values), depth, files.RGB, interlaced=interlaced)


def _indexed(depth: int, *, interlaced: bool = False) -> bytes:
    return files.png(_rows([0, 1, 2, 3]), depth, files.PALETTE, files.chunk(b"PLTE", _PALETTE), interlaced=interlaced)


def _gif() -> bytes:
    pixels = bytes(index for row in _rows([0, 1, 2, 3]) for index in row)
    return files.gif(48, 32, _PALETTE, [(pixels, 0, 0)])


def _lab() -> bytes:
    profile = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", "LAB")
    return encoded(ImageCms.applyTransform(quadrants(240, 160), to_lab), "tiff")


def _tiff_16() -> bytes:
    """Big endian, grey, 16 bits, one strip."""
    pixels = b"".join(struct.pack(">48H", *row) for row in _rows([0, 21845, 43690, 65535]))
    entries = [
        (256, 3, 48),
        (257, 3, 32),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, 32),
    ]
    entries.append((279, 4, len(pixels)))
    table = b"".join(
        struct.pack(">HHI", tag, kind, 1) + (struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value))
        for tag, kind, value in entries
    )
    return b"MM\0*" + struct.pack(">I", 8 + len(pixels)) + pixels + struct.pack(">H", len(entries)) + table + bytes(4)


_ORIGINALS: dict[str, Callable[[], bytes]] = {
    "JPEG, baseline": _as("jpeg"),
    "JPEG, progressive": _as("jpeg", progressive=True),
    "JPEG, 4:4:4": _as("jpeg", subsampling="4:4:4"),
    "JPEG, 4:2:2": _as("jpeg", subsampling="4:2:2"),
    "JPEG, 4:1:1": _as("jpeg", subsampling="4:1:1"),
    "JPEG with restart markers": _as("jpeg", restart_marker_rows=1),
    "JPEG, RGB without YCbCr": _as("jpeg", keep_rgb=True),
    "PNG, palette and transparency": lambda: encoded(quadrants(240, 160).convert("RGBA").quantize(8), "png"),
    "WebP, lossy": _as("webp", quality=90),
    "WebP, lossless": _as("webp", lossless=True),
    "WebP with an alpha channel": _as("webp", "RGBA"),
    "AVIF": _as("avif", quality=90),
    "AVIF, 4:4:4": _as("avif", quality=90, subsampling="4:4:4"),
    "HEIC": _as("heif", quality=90),
    "TIFF, LZW": _as("tiff", compression="tiff_lzw"),
    "TIFF, deflate": _as("tiff", compression="tiff_adobe_deflate"),
    "TIFF, JPEG": _as("tiff", compression="jpeg"),
    "TIFF, packed bits": _as("tiff", compression="packbits"),
    "TIFF, L*a*b*": _lab,
    "TIFF of several pages: the first": lambda: _several("tiff"),
    "BMP": _as("bmp"),
    "BMP, palette": lambda: encoded(quadrants(240, 160).quantize(8), "bmp"),
    "ICO: the largest": lambda: encoded(quadrants(240, 160), "ico", sizes=[(24, 16), (240, 160), (48, 32)]),
    "MPO: the first": lambda: _several("mpo"),
    "JPEG with a gain map: the base": _gain_map,
}
_PRINTED: dict[str, Callable[[], bytes]] = {
    "JPEG, CMYK": _as("jpeg", "CMYK", quality=95),
    "JPEG, YCCK": _ycck,
    "TIFF, CMYK": _as("tiff", "CMYK"),
}
_SMALL_ORIGINALS: dict[str, Callable[[], bytes]] = {
    "JPEG, 4:1:0": lambda: fixtures.SUBSAMPLED_410,
    "JPEG, arithmetic coding": lambda: fixtures.ARITHMETIC,
    "PNG, 8 bits": lambda: _colours(8),
    "PNG, 16 bits": lambda: _colours(16),
    "PNG, 8 bits, interlaced": lambda: _colours(8, interlaced=True),
    "PNG, 16 bits, interlaced": lambda: _colours(16, interlaced=True),
    "PNG, palette of 2 bits": lambda: _indexed(2),
    "PNG, palette of 4 bits": lambda: _indexed(4),
    "PNG, palette of 8 bits": lambda: _indexed(8),
    "PNG, palette of 2 bits, interlaced": lambda: _indexed(2, interlaced=True),
    "GIF": _gif,
    "AVIF, 10 bits": lambda: fixtures.TEN_BITS,
}
_GREYS: dict[str, Callable[[], bytes]] = {
    "PNG, grey of 2 bits": lambda: _bits(2),
    "PNG, grey of 4 bits": lambda: _bits(4),
    "PNG, grey of 8 bits": lambda: _bits(8),
    "PNG, grey of 16 bits": lambda: _bits(16),
    "PNG, grey of 4 bits, interlaced": lambda: _bits(4, interlaced=True),
    "TIFF, grey of 16 bits, big endian": _tiff_16,
}
