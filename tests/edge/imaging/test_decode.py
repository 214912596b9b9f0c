"""Decoding: limits, drafts, frames, and originals that are truncated or broken."""

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conformance.pictures import BLUE, GREEN, RED, are_colors_close, encode, quadrant_colors, quadrants
from edge.errors import NotAnImage, OriginalTooLarge
from tests.support.renditions import (
    KINDS,
    NOISE,
    SAMPLES,
    UPRIGHT,
    animated,
    decode_rendition,
    render_picture,
    shown_frames,
)


@pytest.mark.parametrize("width", [30, 60, 130, 250, 500, 999])
def test_jpeg_draft_looks_like_the_jpeg_decoded_at_full_size(width: int) -> None:
    original = (SAMPLES / "people" / "astronaut.jpg").read_bytes()
    whole = Image.open(io.BytesIO(original)).convert("RGB")

    image = decode_rendition(original, width=width, height=width // 2, position="top-right", format="png")

    size = (min(width, 512), round(min(width, 512) * (width // 2) / width))
    expected = whole.resize(image.size, Image.Resampling.LANCZOS, box=(0, 0, 512, 512 * image.height / image.width))
    assert abs(image.size[1] - size[1]) <= 1
    difference = [abs(a - b) for a, b in zip(image.tobytes(), expected.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 2.5


def test_jpeg_of_an_animation_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, BLUE)]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    assert are_colors_close(quadrant_colors(decode_rendition(original, width=10, format="jpeg")), [RED] * 4)


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_too_many_frames_are_refused_unless_only_one_is_decoded(kind: str) -> None:
    frames = [Image.new("RGB", (4, 4), (number * 20, 0, 0)) for number in range(4)]
    original = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    assert decode_rendition(original, width=2, max_frames=4).n_frames == 4
    assert decode_rendition(original, width=2, max_frames=3, format="jpeg").size == (2, 2)
    with pytest.raises(OriginalTooLarge, match="more than 3 frames"):
        render_picture(original, width=2, max_frames=3)


def test_heic_with_several_pictures_shows_the_primary_one() -> None:
    pictures = [Image.new("RGB", (64, 64), color) for color in (RED, BLUE, GREEN)]

    image = decode_rendition(
        encode(pictures[0], "heif", save_all=True, append_images=pictures[1:], primary_index=1), width=20
    )

    assert are_colors_close(quadrant_colors(image), [BLUE] * 4)


def test_apng_default_image_is_not_a_frame_of_the_animation() -> None:
    original = animated("png", default_image=True)

    assert are_colors_close([color for _, color in shown_frames(decode_rendition(original, width=30))], UPRIGHT[1:])
    assert are_colors_close(
        [color for _, color in shown_frames(decode_rendition(original, width=30, format="jpeg"))], UPRIGHT[:1]
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_heic_is_refused(share: float) -> None:
    whole = encode(Image.effect_noise((300, 200), 90).convert("RGB"), "heif")

    with pytest.raises(NotAnImage):
        render_picture(whole[: int(len(whole) * share)], width=60)


@pytest.mark.parametrize("width", [50, 500])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_truncated_jpeg_with_a_new_end_marker_is_refused(mode: str, share: float, width: int) -> None:
    """A tool may have added the end marker to a truncated upload. The rest of the picture would be gray."""
    photograph = Image.open(SAMPLES / "people" / "astronaut.jpg").convert(mode)
    whole = encode(photograph, "jpeg")
    cut = whole[: int(len(whole) * share)].rstrip(b"\xff") + b"\xff\xd9"

    assert render_picture(whole, width=width)
    with pytest.raises(NotAnImage):
        render_picture(cut, width=width)


@pytest.mark.parametrize("fill_bytes", [b"", b"\xff\xff\xff"], ids=["no fill bytes", "three fill bytes"])
def test_complete_jpeg_that_ends_in_gray_is_rendered(fill_bytes: bytes) -> None:
    image = quadrants(256, 256)
    image.paste((128, 128, 128), (0, 200, 256, 256))
    original = encode(image, "jpeg", quality=95)

    result = decode_rendition(original[:2] + fill_bytes + original[2:] + b"what a camera left", width=64, format="png")

    assert are_colors_close([result.getpixel((32, 60))], [(128, 128, 128)], 2)


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    original = encode(Image.new("1", (30_000, 30_000)), "png")

    with pytest.raises(OriginalTooLarge):
        render_picture(original, width=9)


def test_gif_frame_larger_than_the_header_size_is_cropped() -> None:
    """Browsers crop such a frame too.

    The header has the size 1x1, the first frame is black, and the second frame has the size 2x1 and is white.
    """
    black = b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\x00"
    white = b"\x2c\0\0\0\0\2\0\1\0\0" + b"\x02\x02\x4c\x0a\x00"
    original = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + black + white + b"\x3b"

    image = decode_rendition(original, width=10)
    image.seek(1)

    assert (image.size, image.n_frames) == ((1, 1), 2)
    assert quadrant_colors(image) == [(255, 255, 255)] * 4


def test_gif_frame_far_larger_than_the_header_size_is_refused() -> None:
    """The header has the size 1x1, and the second frame would take 4 GB."""
    pixel = b"\x02\x02\x44\x01\x00"
    frames = [b"\x2c\0\0\0\0" + size + b"\0" + pixel for size in (b"\1\0\1\0", b"\xff\xff\xff\xff")]
    data = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(frames) + b"\x3b"

    with pytest.raises(OriginalTooLarge):
        render_picture(data, width=1, max_pixels=10**6)


def test_large_jpeg_is_rendered_if_its_draft_is_within_the_limit() -> None:
    original = encode(Image.new("L", (8000, 8000), 99), "jpeg")

    assert decode_rendition(original, width=100, max_pixels=2_000_000).size == (100, 100)


def test_progressive_jpeg_counts_at_its_full_size() -> None:
    gray = Image.new("L", (2000, 2000), 99)

    assert decode_rendition(encode(gray, "jpeg"), width=100, max_pixels=10**6).size == (100, 100)
    with pytest.raises(OriginalTooLarge):
        render_picture(encode(gray, "jpeg", progressive=True), width=100, max_pixels=10**6)


def test_webp_with_a_huge_canvas_is_refused_before_allocation() -> None:
    image = bytearray(animated("webp"))
    image[24:30] = b"\xff\x3f\0\xff\x3f\0"

    with pytest.raises(OriginalTooLarge):
        render_picture(bytes(image), width=9)


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
