"""The complete pipeline, from the bytes of an original to the bytes of a rendition."""

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from conformance.pictures import (
    BLUE,
    RED,
    are_colors_close,
    color_at,
    encode,
    quadrant_colors,
    quadrants,
    srgb_profile,
)
from edge.errors import ImageError, NotAnImage
from edge.imaging.pipeline import render
from edge.outcome import Adjustment
from edge.rendition import Rendition
from tests.support.renditions import (
    KINDS,
    NOISE,
    SAMPLES,
    TURNED,
    UPRIGHT,
    animated,
    decode_rendition,
    render_picture,
    shown_frames,
)


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif"])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "tiff", "bmp"])
def test_every_format_becomes_every_other_format(kind: str, target: str) -> None:
    original = encode(quadrants(), kind)

    result = render_picture(original, width=60, format=target)

    image = Image.open(io.BytesIO(result.body))
    assert (image.format, image.size, result.content_type) == (target.upper(), (60, 40), f"image/{target}")
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 20)


@pytest.mark.parametrize(
    ("kind", "format_"),
    [("jpeg", "JPEG"), ("png", "PNG"), ("gif", "GIF"), ("webp", "WEBP"), ("avif", "AVIF"), ("tiff", "JPEG")],
)
def test_missing_format_keeps_a_format_that_browsers_show(kind: str, format_: str) -> None:
    assert decode_rendition(encode(quadrants(), kind), width=9).format == format_


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif"])
def test_orientation_is_applied_and_width_means_the_upright_width(kind: str, orientation: int) -> None:
    turn = TURNED[orientation]
    stored = quadrants(240, 160) if turn is None else quadrants(240, 160).transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = encode(stored, kind, exif=exif)

    image = decode_rendition(original, width=60)

    assert image.size == (60, 40)
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 20)
    assert 0x0112 not in image.getexif()


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "gif"])
def test_metadata_is_never_written_into_a_rendition(target: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "maker-of-cameras"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.0)
    options = {"exif": exif, "icc_profile": srgb_profile()} if target != "gif" else {"comment": b"a comment"}
    original = encode(quadrants(), target, **options)

    body = render_picture(original, width=60).body

    image = Image.open(io.BytesIO(body))
    assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()
    assert b"maker-of-cameras" not in body
    assert b"a comment" not in body


def test_gps_position_of_a_sample_is_not_in_its_rendition() -> None:
    original = (SAMPLES / "hubble_deep_field.jpg").read_bytes()

    image = decode_rendition(original, width=300)

    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    assert (image.size, dict(image.getexif())) == ((300, 262), {})


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("target", ["png", "webp", "avif"])
def test_transparency_is_kept_in_formats_that_support_it(mode: str, target: str) -> None:
    image = quadrants(mode="RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 59, 39), fill=(0, 0, 0, 0))
    original = encode(image.convert(mode), "png")

    result = decode_rendition(original, width=60, format=target).convert("RGBA")

    assert color_at(result, 10, 10)[3] < 12
    assert color_at(result, 50, 30)[3] > 243


@pytest.mark.parametrize(("background", "color"), [("ffffff", (255, 255, 255)), ("ff8800", (255, 136, 0))])
def test_jpeg_shows_the_background_in_place_of_transparency(background: str, color: tuple[int, ...]) -> None:
    original = encode(Image.new("RGBA", (80, 80), (0, 0, 0, 0)), "png")

    assert are_colors_close(
        quadrant_colors(decode_rendition(original, width=40, format="jpeg", background=background)), [color] * 4, 4
    )


def test_resize_makes_no_halo_at_the_edge_of_transparency() -> None:
    """The opaque pixels are white and the transparent pixels are black: no visible pixel may become gray."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((50, 50, 350, 350), fill=(255, 255, 255, 255))

    result = decode_rendition(encode(image, "png"), width=37)

    pixels = [color_at(result, x, y) for x in range(37) for y in range(37)]
    assert all(min(pixel[:3]) >= 250 for pixel in pixels if pixel[3] > 20)


def test_alpha_channel_is_dropped_if_no_pixel_is_transparent() -> None:
    assert decode_rendition(encode(quadrants(mode="RGBA"), "png"), width=60).mode == "RGB"


def test_crop_without_resize_does_not_change_pixels() -> None:
    noise = Image.effect_noise((100, 41), 80)

    image = decode_rendition(encode(noise, "png"), width=61, height=41)

    assert image.tobytes() == noise.crop((19, 0, 80, 41)).tobytes()


@pytest.mark.parametrize("target", ["webp", "png", "avif"])
def test_animation_of_months_is_encoded(target: str) -> None:
    """The milliseconds of all frames together do not fit into 32 bits."""
    frames = [Image.new("RGB", (9, 9), (number * 67 % 256, number * 31 % 256, number)) for number in range(150)]
    original = encode(frames[0], "png", save_all=True, append_images=frames[1:], duration=65_535_000)

    body = render_picture(original, format=target, width=5).body

    assert getattr(Image.open(io.BytesIO(body)), "n_frames", 1) == 150


def test_animation_over_the_pixel_limit_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (40, 40), color) for color in (RED, BLUE)]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    def frames_within(max_pixels: int) -> tuple[int, Adjustment]:
        limits = {"max_pixels": max_pixels, "max_frames": 9, "max_dimension": 99, "max_body": 9999}
        rendered = render(original, Rendition(width=20), **limits)
        image = Image.open(io.BytesIO(rendered.body))
        assert are_colors_close([color_at(image.convert("RGB"), 5, 5)], [RED])
        return getattr(image, "n_frames", 1), rendered.adjustment

    assert frames_within(max_pixels=3199) == (1, Adjustment.FIRST_FRAME)
    # 3,200 pixels are decoded. 800 pixels are encoded, and each of these counts three times.
    assert frames_within(max_pixels=5599) == (1, Adjustment.FIRST_FRAME)
    assert frames_within(max_pixels=5600) == (2, Adjustment.AS_REQUESTED)


@pytest.mark.parametrize("loop", [0, 2])
@pytest.mark.parametrize("kind", ["gif", "webp", "png", "avif"])
def test_animation_requested_as_avif_becomes_webp(kind: str, loop: int) -> None:
    """libvips writes only AVIF of one frame."""
    result = render_picture(animated(kind, loop=loop), width=30, format="avif")

    image = Image.open(io.BytesIO(result.body))
    assert (result.content_type, image.format) == ("image/webp", "WEBP")
    assert are_colors_close([color for _, color in shown_frames(image)], UPRIGHT, 20)


@pytest.mark.parametrize(
    ("kind", "format_", "frames"),
    [("gif", "GIF", 4), ("webp", "WEBP", 4), ("png", "PNG", 4), ("avif", "WEBP", 4), ("tiff", "JPEG", 1)],
)
def test_animation_without_a_format_stays_animated(kind: str, format_: str, frames: int) -> None:
    image = decode_rendition(animated(kind), width=30)

    assert (image.format, getattr(image, "n_frames", 1)) == (format_, frames)


@pytest.mark.parametrize(("mode", "content_type"), [("RGB", "image/jpeg"), ("RGBA", "image/png")])
@pytest.mark.parametrize("kind", ["tiff", "ico", "heif"])
def test_format_that_browsers_do_not_show_is_replaced(kind: str, mode: str, content_type: str) -> None:
    image = quadrants(64, 64, mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))

    assert render_picture(encode(image, kind, sizes=[(64, 64)]), width=60).content_type == content_type


def test_timings_have_all_phases() -> None:
    assert list(render_picture(NOISE["jpeg"], width=9).timings) == ["decode", "color", "encode"]
    assert list(render_picture(animated("gif"), width=9).timings) == ["decode", "color", "encode"]


@pytest.mark.parametrize("kind", KINDS)
def test_same_original_and_query_give_the_same_bytes(kind: str) -> None:
    assert render_picture(NOISE[kind], width=33).body == render_picture(NOISE[kind], width=33).body


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"P6 1 1 255 abc"])
def test_other_formats_are_refused(data: bytes) -> None:
    with pytest.raises(NotAnImage, match="not an image of a format that can be resized"):
        render_picture(data, width=9)


def test_error_does_not_mention_an_earlier_original() -> None:
    render_picture(encode(quadrants(), "jpeg", icc_profile=srgb_profile()[:150]), width=9)

    with pytest.raises(NotAnImage) as raised:
        render_picture(NOISE["png"][:40], width=9)

    assert "Icc" not in str(raised.value)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_flipped_bytes_raise_only_image_errors(kind: str, data: st.DataObject) -> None:
    broken = bytearray(NOISE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] ^= data.draw(st.integers(1, 255))

    with suppress(ImageError):
        render(bytes(broken), Rendition(width=9), max_pixels=10**6, max_frames=9, max_dimension=99, max_body=10**5)
