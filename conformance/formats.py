"""The picture cases for the formats of originals, and for the variants of each format."""

import struct
from collections.abc import Callable, Iterator
from typing import Any, Final

from PIL import Image, ImageChops, ImageCms

from conformance import fixtures, raw_files
from conformance.case import Case, Check, check_quadrants, check_upright
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encode, quadrants
from conformance.raw_files import ColorType, GifFrame

_PALETTE: Final = bytes([*RED, *GREEN, *BLUE, *YELLOW])
_BLACK, _WHITE, _DARK, _LIGHT = (0,) * 3, (255,) * 3, (85,) * 3, (170,) * 3
_SMALL: Final = {"width": 24}


def cases() -> Iterator[Case]:
    """Yield picture cases with the quadrants picture in every variant. In variants without color, it is gray."""
    for name, original in _ORIGINALS.items():
        yield _case(name, original, check_upright(26), {"width": 60})
    for name, original in _CMYK_ORIGINALS.items():  # The tolerance is large, because no profile defines the colors.
        yield _case(name, original, check_upright(100), {"width": 60})
    for name, original in _SMALL_ORIGINALS.items():
        yield _case(name, original, check_upright(26, (24, 16)), _SMALL)
    for name, original in _GRAY_ORIGINALS.items():
        yield _case(name, original, check_quadrants((_BLACK, _DARK, _LIGHT, _WHITE), 4, (24, 16)), _SMALL)
    for name, original in _BILEVEL_ORIGINALS.items():
        yield _case(name, original, check_quadrants((_BLACK, _WHITE, _WHITE, _BLACK), 4, (24, 16)), _SMALL)
    check_tiles = check_quadrants((RED, GREEN, BLUE, YELLOW), 26, (64, 64))
    yield _case("AVIF, grid of tiles", lambda: fixtures.GRID, check_tiles, {"width": 64})


def _case(name: str, original: Callable[[], bytes], check: Check, options: dict[str, Any]) -> Case:
    return Case(group="original formats", name=name, original=original, check=check, options=options)


def _quadrants_as(kind: str, mode: str = "RGB", **options: Any) -> Callable[[], bytes]:
    return lambda: encode(quadrants(240, 160).convert(mode), kind, **options)


def _ycck_jpeg() -> bytes:
    """Return a CMYK JPEG as Photoshop writes it. Its Adobe marker declares that the first three channels are YCbCr."""
    luma = ImageChops.invert(quadrants(240, 160)).convert("YCbCr").split()
    inverted = [channel.point(lambda value: 255 - value) for channel in (*luma, Image.new("L", (240, 160), 255))]
    data = bytearray(encode(Image.merge("CMYK", inverted), "jpeg", quality=95))
    data[data.index(b"Adobe") + 11] = 2
    return bytes(data)


def _picture_with_others(kind: str) -> bytes:
    others = [Image.new("RGB", (240, 160)), Image.new("RGB", (60, 60), "white")]
    return encode(quadrants(240, 160), kind, save_all=True, append_images=others)


def _jpeg_with_gain_map() -> bytes:
    """Return a JPEG that is followed by a smaller gray JPEG, the gain map, which phones append for bright screens."""
    return encode(quadrants(240, 160), "jpeg") + encode(Image.new("L", (120, 80), 9), "jpeg")


def _quadrant_rows(values: list[Any], width: int = 48, height: int = 32) -> list[list[Any]]:
    """Return rows of pixels with one value for each quarter."""
    top = [values[0]] * (width // 2) + [values[1]] * (width // 2)
    bottom = [values[2]] * (width // 2) + [values[3]] * (width // 2)
    return [list(top) for _ in range(height // 2)] + [list(bottom) for _ in range(height // 2)]


def _gray_png(depth: int, *, interlaced: bool = False) -> bytes:
    white = (1 << depth) - 1
    values = [0, white, white, 0] if depth == 1 else [round(white * third / 3) for third in range(4)]
    return raw_files.png(_quadrant_rows(values), depth, ColorType.GRAY, interlaced=interlaced)


def _bilevel(kind: str) -> bytes:
    image = Image.new("1", (48, 32))
    image.paste(1, (24, 0, 48, 16))
    image.paste(1, (0, 16, 24, 32))
    return encode(image, kind)


def _rgb_png(depth: int, *, interlaced: bool = False) -> bytes:
    scale = 257 if depth == 16 else 1
    values = [tuple(sample * scale for sample in color) for color in (RED, GREEN, BLUE, YELLOW)]
    return raw_files.png(_quadrant_rows(values), depth, ColorType.RGB, interlaced=interlaced)


def _palette_png(depth: int, *, interlaced: bool = False) -> bytes:
    palette = raw_files.png_chunk(b"PLTE", _PALETTE)
    return raw_files.png(_quadrant_rows([0, 1, 2, 3]), depth, ColorType.PALETTE, palette, interlaced=interlaced)


def _gif() -> bytes:
    pixels = bytes(index for row in _quadrant_rows([0, 1, 2, 3]) for index in row)
    return raw_files.gif(48, 32, _PALETTE, [GifFrame(pixels, 0, 0)])


def _lab_tiff() -> bytes:
    profile = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", "LAB")
    converted = ImageCms.applyTransform(quadrants(240, 160), to_lab)
    assert converted is not None
    return encode(converted, "tiff")


def _big_endian_tiff() -> bytes:
    """Return a big-endian TIFF of 16-bit gray samples in one strip."""
    pixels = b"".join(struct.pack(">48H", *row) for row in _quadrant_rows([0, 21845, 43690, 65535]))
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


_ORIGINALS: Final[dict[str, Callable[[], bytes]]] = {
    "JPEG, baseline": _quadrants_as("jpeg"),
    "JPEG, progressive": _quadrants_as("jpeg", progressive=True),
    "JPEG, 4:4:4": _quadrants_as("jpeg", subsampling="4:4:4"),
    "JPEG, 4:2:2": _quadrants_as("jpeg", subsampling="4:2:2"),
    "JPEG, 4:1:1": _quadrants_as("jpeg", subsampling="4:1:1"),
    "JPEG with restart markers": _quadrants_as("jpeg", restart_marker_rows=1),
    "JPEG, RGB instead of YCbCr": _quadrants_as("jpeg", keep_rgb=True),
    "PNG, palette with transparency": lambda: encode(quadrants(240, 160).convert("RGBA").quantize(8), "png"),
    "WebP, lossy": _quadrants_as("webp", quality=90),
    "WebP, lossless": _quadrants_as("webp", lossless=True),
    "WebP with an alpha channel": _quadrants_as("webp", "RGBA"),
    "AVIF": _quadrants_as("avif", quality=90),
    "AVIF, 4:4:4": _quadrants_as("avif", quality=90, subsampling="4:4:4"),
    "HEIC": _quadrants_as("heif", quality=90),
    "TIFF, LZW": _quadrants_as("tiff", compression="tiff_lzw"),
    "TIFF, deflate": _quadrants_as("tiff", compression="tiff_adobe_deflate"),
    "TIFF, JPEG": _quadrants_as("tiff", compression="jpeg"),
    "TIFF, PackBits": _quadrants_as("tiff", compression="packbits"),
    "TIFF, L*a*b*": _lab_tiff,
    "TIFF with several pages: the first page": lambda: _picture_with_others("tiff"),
    "BMP": _quadrants_as("bmp"),
    "BMP, palette": lambda: encode(quadrants(240, 160).quantize(8), "bmp"),
    "ICO: the largest image": lambda: encode(quadrants(240, 160), "ico", sizes=[(24, 16), (240, 160), (48, 32)]),
    "MPO: the first image": lambda: _picture_with_others("mpo"),
    "JPEG with a gain map: the base image": _jpeg_with_gain_map,
}
_CMYK_ORIGINALS: Final[dict[str, Callable[[], bytes]]] = {
    "JPEG, CMYK": _quadrants_as("jpeg", "CMYK", quality=95),
    "JPEG, YCCK": _ycck_jpeg,
    "TIFF, CMYK": _quadrants_as("tiff", "CMYK"),
}
_SMALL_ORIGINALS: Final[dict[str, Callable[[], bytes]]] = {
    "JPEG, 4:1:0": lambda: fixtures.SUBSAMPLED_410,
    "JPEG, arithmetic coding": lambda: fixtures.ARITHMETIC,
    "PNG, 8 bits per channel": lambda: _rgb_png(8),
    "PNG, 16 bits per channel": lambda: _rgb_png(16),
    "PNG, 8 bits per channel, interlaced": lambda: _rgb_png(8, interlaced=True),
    "PNG, 16 bits per channel, interlaced": lambda: _rgb_png(16, interlaced=True),
    "PNG, 2-bit palette": lambda: _palette_png(2),
    "PNG, 4-bit palette": lambda: _palette_png(4),
    "PNG, 8-bit palette": lambda: _palette_png(8),
    "PNG, 2-bit palette, interlaced": lambda: _palette_png(2, interlaced=True),
    "GIF": _gif,
    "AVIF, 10 bits per channel": lambda: fixtures.TEN_BITS,
}
_GRAY_ORIGINALS: Final[dict[str, Callable[[], bytes]]] = {
    "PNG, 2-bit gray": lambda: _gray_png(2),
    "PNG, 4-bit gray": lambda: _gray_png(4),
    "PNG, 8-bit gray": lambda: _gray_png(8),
    "PNG, 16-bit gray": lambda: _gray_png(16),
    "PNG, 4-bit gray, interlaced": lambda: _gray_png(4, interlaced=True),
    "TIFF, 16-bit gray, big-endian": _big_endian_tiff,
}
_BILEVEL_ORIGINALS: Final[dict[str, Callable[[], bytes]]] = {
    "PNG, 1 bit": lambda: _gray_png(1),
    "BMP, 1 bit": lambda: _bilevel("bmp"),
    "TIFF, 1 bit": lambda: _bilevel("tiff"),
}
