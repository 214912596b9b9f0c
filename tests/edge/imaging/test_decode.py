"""Decoding with libvips: pictures decoded at a fraction of their size, variants of formats, limits and broken files."""

import io
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench.similarity import ssim
from conformance.pictures import BLUE, RED, are_colors_close, encode, quadrant_colors, quadrants
from conformance.raw_files import ColorType, png
from edge.errors import NotAnImage, OriginalTooLarge
from edge.imaging.decode import open_original
from edge.imaging.geometry import Placement
from edge.imaging.original import Limits
from tests.support.renditions import (
    KINDS,
    NOISE,
    SAMPLES,
    TURNED,
    UPRIGHT,
    animated,
    as_vips,
    decode_rendition,
    photograph,
    render_picture,
    resized_exactly,
    samples,
)

LIMITS = Limits(max_pixels=100_000_000, max_frames=1000)


def assert_similar(result: Image.Image, exact: Any, min_ssim: float = 0.995) -> None:
    """Check that the picture and its outermost pixels resemble the exact one: `samples` of the same size."""
    difference = abs(samples(result.convert("RGB")) - exact)
    assert ssim(samples(result.convert("RGB")), exact) > min_ssim
    assert difference.mean() < 2.5
    assert max(difference[edge].mean() for edge in (np.s_[:, :, 0], np.s_[:, :, -1], np.s_[:, 0], np.s_[:, -1])) < 8


@pytest.mark.parametrize("width", [30, 60, 130, 250, 500, 999])
def test_small_jpeg_looks_like_the_jpeg_decoded_at_full_size(width: int) -> None:
    original = (SAMPLES / "people" / "astronaut.jpg").read_bytes()
    whole = Image.open(io.BytesIO(original)).convert("RGB")

    image = decode_rendition(original, width=width, height=width // 2, position="top-right", format="png")

    size = (min(width, 512), round(min(width, 512) * (width // 2) / width))
    expected = whole.resize(image.size, Image.Resampling.LANCZOS, box=(0, 0, 512, 512 * image.height / image.width))
    assert abs(image.size[1] - size[1]) <= 1
    assert abs(samples(image) - samples(expected)).mean() < 2.5


@cache
def large_photograph(kind: str) -> bytes:
    return encode(photograph(2725, 2225), kind, quality=95)


@pytest.mark.parametrize("width", [160, 720, 1200])
@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_picture_of_odd_size_is_aligned_at_every_scale(kind: str, width: int) -> None:
    """libvips drops the last column and row of a reduced JPEG if they are incomplete."""
    original = large_photograph(kind)

    image = decode_rendition(original, width=width, format="png")

    assert_similar(image, resized_exactly(Image.open(io.BytesIO(original)).convert("RGB"), image.size))


def test_jpeg_that_cannot_be_aligned_is_shifted_by_an_eighth() -> None:
    """Half of 513 pixels end in the middle of a pixel, and a reduction by 2.004 keeps every window off by a half."""
    original = encode(photograph(513, 511), "jpeg", quality=95)

    image = decode_rendition(original, width=128, format="png")

    ideal = resized_exactly(Image.open(io.BytesIO(original)).convert("RGB"), image.size)
    assert ssim(samples(image), ideal) > 0.985


@pytest.mark.parametrize(
    ("kind", "width", "divisor"),
    [("jpeg", 160, 4), ("jpeg", 330, 2), ("webp", 250, 2), ("png", 99, 1), ("tiff", 99, 1)],
)
def test_decoder_reduces_the_picture_if_the_format_allows_it(kind: str, width: int, divisor: int) -> None:
    original = open_original(encode(photograph(1000, 800), kind), kind, LIMITS, is_animated=True)

    (frame,) = original.decode(Placement(box=(0.0, 0.0, 1000.0, 800.0), width=width, height=width * 4 // 5))

    assert original.size == (1000, 800)
    assert (frame.image.width, frame.image.height) == (1000 // divisor, 800 // divisor)
    assert frame.placement.box == pytest.approx((0, 0, 1000 / divisor, 800 / divisor))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_cropped_photograph_of_every_orientation_is_the_same(kind: str, orientation: int) -> None:
    upright = photograph(403, 301)
    turn = TURNED[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if kind in ("jpeg", "webp") else {}
    original = encode(upright if turn is None else upright.transpose(turn), kind, exif=exif, **options)

    image = decode_rendition(original, width=90, height=110, position="top-left", format="png")

    cropped = upright.crop((0, 0, round(301 * 90 / 110), 301))
    assert_similar(image, resized_exactly(cropped, (90, 110)), min_ssim=0.98)


@pytest.mark.parametrize("mode", [ColorType.GRAY, ColorType.RGB, ColorType.GRAY_ALPHA, ColorType.RGB_ALPHA])
@pytest.mark.parametrize("interlaced", [False, True])
def test_16_bit_png_is_rounded_to_8_bits(mode: ColorType, interlaced: bool) -> None:
    def pixel(x: int) -> tuple[int, ...]:
        channels = {ColorType.GRAY: 1, ColorType.RGB: 3, ColorType.GRAY_ALPHA: 2, ColorType.RGB_ALPHA: 4}[mode]
        return tuple(min(65_535, (x + shift) * 1000) for shift in range(channels))

    rows = [[pixel(x) for x in range(60)] for _ in range(4)]

    image = decode_rendition(png(rows, 16, mode, interlaced=interlaced), width=60, format="png")

    decoded = np.asarray(image, dtype=float).reshape(4, 60, -1)
    assert abs(decoded - np.array(rows) / 257).max() <= 1


TIFF_VARIANTS: dict[str, dict[str, Any]] = {
    "tiles": {"tile": True, "tile_width": 64, "tile_height": 48},
    "tiles with deflate": {"tile": True, "tile_width": 64, "tile_height": 64, "compression": "deflate"},
    "tiles with JPEG": {"tile": True, "tile_width": 64, "tile_height": 64, "compression": "jpeg"},
    "LZW with a predictor": {"compression": "lzw", "predictor": "horizontal"},
    "deflate with a predictor": {"compression": "deflate", "predictor": "horizontal"},
    "WebP": {"compression": "webp", "lossless": True},
    "BigTIFF": {"bigtiff": True},
    "pyramid": {"pyramid": True, "tile": True},
    "pyramid in subdirectories": {"pyramid": True, "tile": True, "subifd": True},
}


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("name", TIFF_VARIANTS)
def test_tiff_of_every_variant_is_decoded(name: str, bits: int) -> None:
    picture = as_vips(quadrants(240, 160))
    if bits == 16 and name not in ("WebP", "tiles with JPEG"):
        picture = picture.apply("cast", format="ushort", shift=True)

    image = decode_rendition(picture.save("tiffsave_target", **TIFF_VARIANTS[name]), width=60, format="png")

    assert image.size == (60, 40)
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 4)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax_is_decoded(compression: str) -> None:
    fax = Image.new("1", (48, 32), 1)
    fax.paste(0, (24, 0, 48, 32))

    image = decode_rendition(encode(fax, "tiff", compression=compression), width=24, format="png")

    assert quadrant_colors(image) == [(255,) * 3, (0,) * 3] * 2


def test_jpeg_of_an_animation_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, BLUE)]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    assert are_colors_close(quadrant_colors(decode_rendition(original, width=10, format="jpeg")), [RED] * 4)


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_too_many_frames_are_refused_unless_only_one_is_decoded(kind: str) -> None:
    original = animated(kind, [(number * 20, 0, 0) for number in range(4)])

    assert decode_rendition(original, width=2, max_frames=4).n_frames == 4  # type: ignore[attr-defined]
    assert decode_rendition(original, width=30, max_frames=3, format="jpeg").size == (30, 20)
    with pytest.raises(OriginalTooLarge, match="more than 3 frames"):
        render_picture(original, width=2, max_frames=3)


@pytest.mark.parametrize("kind", ["png", "gif", "webp", "tiff"])
def test_too_many_pixels_are_refused_before_they_are_decoded(kind: str) -> None:
    original = encode(quadrants(100, 100), kind)

    assert decode_rendition(original, width=9, max_pixels=10_000).size == (9, 9)
    with pytest.raises(OriginalTooLarge, match="more than 9999 pixels"):
        render_picture(original, width=9, max_pixels=9_999)


@pytest.mark.parametrize("kind", ["avif", "bmp", "ico"])
def test_formats_that_take_most_memory_have_half_the_limit(kind: str) -> None:
    original = encode(quadrants(100, 100), kind, **({"sizes": [(100, 100)]} if kind == "ico" else {}))

    assert decode_rendition(original, width=9, max_pixels=20_000).size == (9, 9)
    with pytest.raises(OriginalTooLarge, match="more than 9999 pixels"):
        render_picture(original, width=9, max_pixels=19_998)


def test_large_jpeg_is_rendered_if_its_reduced_size_is_within_the_limit() -> None:
    original = encode(Image.new("L", (8000, 8000), 99), "jpeg")

    assert decode_rendition(original, width=100, max_pixels=2_000_000).size == (100, 100)
    with pytest.raises(OriginalTooLarge):
        render_picture(original, width=8000, max_pixels=2_000_000)


def test_progressive_jpeg_counts_at_its_full_size() -> None:
    gray = Image.new("L", (2000, 2000), 99)

    assert decode_rendition(encode(gray, "jpeg"), width=100, max_pixels=10**6).size == (100, 100)
    with pytest.raises(OriginalTooLarge):
        render_picture(encode(gray, "jpeg", progressive=True), width=100, max_pixels=10**6)


def test_webp_with_a_huge_canvas_is_refused_before_allocation() -> None:
    image = bytearray(animated("webp"))
    image[24:30] = (15_999).to_bytes(3, "little") * 2

    with pytest.raises(OriginalTooLarge):
        render_picture(bytes(image), width=9)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_webp_with_too_many_chunks_is_refused(form: str) -> None:
    """libvips would take seconds for a million chunks."""
    still = encode(quadrants(60, 40), "webp")

    with pytest.raises(OriginalTooLarge):
        render_picture(still + b"abcd\0\0\0\0" * 100_000, width=9, format=form)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_file_is_refused(kind: str, share: float) -> None:
    data = NOISE[kind]

    with pytest.raises(NotAnImage):
        render_picture(data[: int(len(data) * share)], width=9)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), share=st.floats(0, 1, exclude_max=True))
def test_file_truncated_anywhere_is_refused_or_complete(kind: str, share: float) -> None:
    whole = decode_rendition(NOISE[kind], width=9, format="png")

    with suppress(NotAnImage):
        assert decode_rendition(NOISE[kind][: int(len(NOISE[kind]) * share)], width=9, format="png") == whole


@pytest.mark.parametrize("data", [b"", b"plain text", b"%PDF-1.7", b"<html>", b"\xff\xd8\xff", b"GIF89a"])
def test_bytes_of_no_image_format_are_refused(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        render_picture(data, width=9)
