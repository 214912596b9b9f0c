"""Originals that Pillow decodes: HEIC, animated PNG, AVIF sequences, BMP and ICO."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from conformance.pictures import BLUE, GREEN, RED, are_colors_close, encode, quadrant_colors, quadrants
from conformance.raw_files import ColorType, png, png_chunk
from edge.errors import NotAnImage, OriginalTooLarge
from tests.support.renditions import (
    NOISE,
    TURNED,
    UPRIGHT,
    animated,
    decode_rendition,
    render_picture,
    shown_frames,
)

ROOT = Path(__file__).parents[3]


def animated_png(values: list[Any], depth: int, color_type: ColorType, *chunks: bytes) -> bytes:
    """Return an animated PNG of 60x40 pixels, in which each frame has one value."""
    stills = [png([[value] * 60] * 40, depth, color_type, *chunks) for value in values]
    parts = [stills[0][:33], png_chunk(b"acTL", struct.pack(">II", len(values), 0)), *chunks]
    for number, still in enumerate(stills):
        sequence = 2 * number - 1 if number else 0
        parts.append(png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, 60, 40, 0, 0, 1, 10, 0, 0)))
        start = still.index(b"IDAT")
        pixels = still[start + 4 : start + 4 + int.from_bytes(still[start - 4 : start])]
        data = png_chunk(b"fdAT", struct.pack(">I", sequence + 1) + pixels) if number else png_chunk(b"IDAT", pixels)
        parts.append(data)
    return b"".join((*parts, png_chunk(b"IEND", b"")))


def bitmap(bits: int, pixels: bytes, *, compression: int = 0, tables: bytes = b"", height: int = 80) -> bytes:
    """Return a BMP that is 120 pixels wide. `tables` are the masks or the palette."""
    offset = 54 + len(tables)
    colors = len(tables) // 4 if bits <= 8 else 0
    header = struct.pack("<IiiHHIIiiII", 40, 120, height, 1, bits, compression, len(pixels), 0, 0, colors, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + header + tables + pixels


def rows(*, bottom_up: bool = True) -> list[list[tuple[int, ...]]]:
    """Return the colors of the quadrants picture with 120x80 pixels."""
    lines = [[UPRIGHT[2 * (y >= 40) + (x >= 60)] for x in range(120)] for y in range(80)]
    return lines[::-1] if bottom_up else lines


def bgr(*, bottom_up: bool = True, filler: tuple[int, ...] = ()) -> bytes:
    return bytes(value for row in rows(bottom_up=bottom_up) for color in row for value in (*color[::-1], *filler))


def packed(red_bits: int, green_bits: int, blue_bits: int) -> bytes:
    values = [
        red >> 8 - red_bits << green_bits + blue_bits | green >> 8 - green_bits << blue_bits | blue >> 8 - blue_bits
        for row in rows()
        for red, green, blue in row
    ]
    return struct.pack(f"<{len(values)}H", *values)


def runs(first: int, second: int) -> bytes:
    """Return 80 encoded rows. `first` is added to the colors of the lower half, `second` to those of the right half."""
    lines = (bytes([60, first * (y < 40), 60, first * (y < 40) + second]) + b"\0\0" for y in range(80))
    return b"".join(lines) + b"\0\1"


PALETTE = b"".join(bytes((*color[::-1], 0)) for color in UPRIGHT)
BITMAPS = {
    "16 bits, 5-5-5": bitmap(16, packed(5, 5, 5)),
    "16 bits, 5-6-5": bitmap(16, packed(5, 6, 5), compression=3, tables=struct.pack("<III", 0xF800, 0x7E0, 0x1F)),
    "24 bits": bitmap(24, bgr()),
    "24 bits, rows from the top": bitmap(24, bgr(bottom_up=False), height=-80),
    "32 bits without alpha": bitmap(32, bgr(filler=(0,))),
    "8 bits, run-length encoded": bitmap(8, runs(2, 1), compression=1, tables=PALETTE),
    "4 bits, run-length encoded": bitmap(4, runs(0x22, 0x11), compression=2, tables=PALETTE),
    "8 bits, palette": encode(quadrants().quantize(8), "bmp"),
}


@pytest.mark.parametrize("name", BITMAPS)
def test_bmp_of_every_variant_is_decoded(name: str) -> None:
    image = decode_rendition(BITMAPS[name], width=60, format="png")

    assert image.size == (60, 40)
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 8)


def test_bmp_with_too_few_bytes_for_its_pixels_is_refused() -> None:
    with pytest.raises(NotAnImage, match="bytes cannot contain 1200000 pixels"):
        render_picture(bitmap(24, bytes(1000), height=10_000), width=9)


def test_bmp_with_run_lengths_has_a_limit_of_bytes_and_of_pixels() -> None:
    """Pillow decodes it with code in Python. The picture of 120x69,906 pixels exceeds 8 megapixels by one row."""
    lines = bitmap(8, runs(2, 1).ljust(1 << 22, b"\0"), compression=1, tables=PALETTE)
    with pytest.raises(OriginalTooLarge, match="more than 4194304 bytes"):
        render_picture(lines, width=9)
    with pytest.raises(OriginalTooLarge, match="more than 8388608 pixels"):
        render_picture(bitmap(8, bytes(600_000), compression=1, tables=PALETTE, height=69_906), width=9)

    assert render_picture(bitmap(24, bytes(360 * 12_000), height=12_000), width=9)


@pytest.mark.parametrize("form", ["png", "bmp"])
def test_ico_shows_its_largest_picture(form: str) -> None:
    original = encode(quadrants(128, 64), "ico", sizes=[(32, 16), (128, 64), (64, 32)], bitmap_format=form)

    image = decode_rendition(original, width=128)

    assert image.size == (128, 64)
    assert are_colors_close(quadrant_colors(image), UPRIGHT)


@pytest.mark.parametrize("kind", ["bmp", "ico", "heif", "png", "avif"])
def test_too_many_pixels_are_refused(kind: str) -> None:
    original = animated(kind) if kind in ("png", "avif") else encode(quadrants(60, 40), kind, sizes=[(60, 40)])

    assert decode_rendition(original, width=30, format="jpeg", max_pixels=4800).size == (30, 20)
    with pytest.raises(OriginalTooLarge):
        render_picture(original, width=30, format="jpeg", max_pixels=4798)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_with_an_orientation_becomes_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation  # Pillow's writer stores the orientation as a transform of HEIF.
    turn = TURNED[orientation]
    stored = quadrants(240, 160) if turn is None else quadrants(240, 160).transpose(turn)

    image = decode_rendition(encode(stored, "heif", exif=exif.tobytes()), width=60, format="png")

    assert image.size == (60, 40)
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 20)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_heic_becomes_jpeg_or_png_if_it_has_alpha(mode: str) -> None:
    image = quadrants(mode=mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))

    result = render_picture(encode(image, "heif"), width=60)

    assert result.content_type == ("image/png" if mode == "RGBA" else "image/jpeg")


def test_heic_with_several_pictures_shows_the_primary_one() -> None:
    pictures = [Image.new("RGB", (64, 64), color) for color in (RED, BLUE, GREEN)]

    image = decode_rendition(
        encode(pictures[0], "heif", save_all=True, append_images=pictures[1:], primary_index=1), width=20
    )

    assert are_colors_close(quadrant_colors(image), [BLUE] * 4)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_heic_is_refused(share: float) -> None:
    whole = encode(Image.effect_noise((300, 200), 90).convert("RGB"), "heif")

    with pytest.raises(NotAnImage):
        render_picture(whole[: int(len(whole) * share)], width=60)


def test_apng_default_image_is_not_a_frame_of_the_animation() -> None:
    original = animated("png", default_image=True)

    assert are_colors_close([color for _, color in shown_frames(decode_rendition(original, width=30))], UPRIGHT[1:])
    assert are_colors_close(
        [color for _, color in shown_frames(decode_rendition(original, width=30, format="jpeg"))], UPRIGHT[:1]
    )


@pytest.mark.parametrize(
    ("depth", "color_type", "values", "colors"),
    [
        (16, ColorType.GRAY, [9_000, 50_000], [(35,) * 3, (195,) * 3]),
        (16, ColorType.RGB, [(9_000, 0, 50_000), (0, 50_000, 0)], [(35, 0, 195), (0, 195, 0)]),
        (8, ColorType.RGB, [RED, GREEN], [RED, GREEN]),
        (2, ColorType.GRAY, [1, 2], [(85,) * 3, (170,) * 3]),
        (8, ColorType.PALETTE, [1, 0], [GREEN, RED]),
    ],
)
def test_apng_of_every_color_type_keeps_its_colors(
    depth: int, color_type: ColorType, values: list[Any], colors: list[tuple[int, ...]]
) -> None:
    palette = [png_chunk(b"PLTE", bytes([*RED, *GREEN]))] if color_type is ColorType.PALETTE else []

    frames = shown_frames(decode_rendition(animated_png(values, depth, color_type, *palette), width=30))

    assert [duration for duration, _ in frames] == [100, 100]
    assert are_colors_close([color for _, color in frames], colors, 1)


def test_apng_with_transparent_palette_colors_stays_transparent() -> None:
    tables = [png_chunk(b"PLTE", bytes([*RED, *GREEN])), png_chunk(b"tRNS", b"\x80\xff")]

    image = decode_rendition(animated_png([0, 1], 8, ColorType.PALETTE, *tables), width=30)

    alphas: list[Any] = []
    for index in range(2):
        image.seek(index)
        alphas.append(image.convert("RGBA").getchannel("A").getpixel((15, 10)))
    assert alphas == [128, 255]


def test_png_that_mentions_an_animation_chunk_is_a_still_picture() -> None:
    still = encode(quadrants(), "png")

    image = decode_rendition(still[:33] + png_chunk(b"tEXt", b"Comment\0acTL") + still[33:], width=60)

    assert are_colors_close(quadrant_colors(image), UPRIGHT, 1)
    assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["png", "avif"])
def test_animation_keeps_durations_and_loop_count(kind: str) -> None:
    options: dict[str, Any] = {"loop": 3} if kind == "png" else {}

    image = decode_rendition(animated(kind, duration=[100, 200, 50, 700], **options), width=30, format="webp")

    assert [duration for duration, _ in shown_frames(image)] == [100, 200, 50, 700]
    assert are_colors_close([color for _, color in shown_frames(image)], UPRIGHT)
    assert image.info["loop"] == options.get("loop", 0)


def test_apng_with_more_loops_than_webp_has_loops_as_often_as_possible() -> None:
    data = bytearray(animated("png", duration=50, loop=2))
    start = data.index(b"acTL")
    data[start + 8 : start + 12] = b"\xff\0\0\1"
    data[start + 12 : start + 16] = struct.pack(">I", zlib.crc32(data[start : start + 12]))

    body = render_picture(bytes(data), width=30, format="webp").body

    assert Image.open(io.BytesIO(body)).info["loop"] == 65_535


def test_pillow_is_imported_only_for_the_formats_that_need_it(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from edge.imaging.pipeline import render\n"
        "from edge.rendition import Rendition\n"
        "limits = {'max_pixels': 10**6, 'max_frames': 9, 'max_dimension': 99, 'max_body': 10**5}\n"
        "for path in sys.argv[1:]:\n"
        "    render(pathlib.Path(path).read_bytes(), Rendition(width=9), **limits)\n"
        "    print('PIL' in sys.modules, 'pi_heif' in sys.modules)\n"
    )
    kinds = ["jpeg", "png", "webp", "gif", "avif", "tiff", "bmp", "heif"]
    for kind in kinds:
        (tmp_path / kind).write_bytes(encode(quadrants(), kind) if kind == "heif" else NOISE[kind])

    result = subprocess.run(
        [sys.executable, "-c", program, *(tmp_path / kind for kind in kinds)], cwd=ROOT, capture_output=True, check=True
    )

    assert result.stdout.decode().splitlines() == ["False False"] * 6 + ["True False", "True True"]
