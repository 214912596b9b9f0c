"""Color: ICC profiles, pixel modes and transparent colors."""

import io
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from conformance import icc_profiles
from conformance.pictures import are_colors_close, encode, quadrant_colors, quadrants, srgb_profile
from conformance.raw_files import ColorType, png, png_chunk
from edge.errors import NotAnImage
from edge.imaging.color import convert_to_srgb, normalize_bands
from tests.support.renditions import (
    UPRIGHT,
    animated,
    as_vips,
    decode_rendition,
    linear_profile,
    render_picture,
    shown_frames,
)

DARK, LIGHT = (55,) * 3, (128,) * 3
"""A color in linear light, and the same color in sRGB."""
D2B_TAGS = [b"D2B0", b"D2B1", b"D2B2", b"D2B3"]


def with_tag(profile: bytes, name: bytes, content: bytes) -> bytes:
    """Return the profile with another tag, as a profile of version 4.4."""
    count = int.from_bytes(profile[128:132])
    table = b""
    for start in range(132, 132 + 12 * count, 12):
        offset = int.from_bytes(profile[start + 4 : start + 8]) + 12
        table += profile[start : start + 4] + offset.to_bytes(4) + profile[start + 8 : start + 12]
    data = profile[132 + 12 * count :]
    table += struct.pack(">4sII", name, 144 + 12 * count + len(data), len(content))
    body = struct.pack(">I", count + 1) + table + data + content
    return struct.pack(">I", 128 + len(body)) + profile[4:8] + b"\x04\x40\0\0" + profile[12:128] + body


def chain_of_steps(count: int, channels: int = 3) -> bytes:
    """Return the content of a tag with floating-point steps, each of which mixes up the channels."""
    numbers = [float(column == (row + 1) % channels) for row in range(3) for column in range(channels)] + [0.0] * 3
    step = b"matf\0\0\0\0" + struct.pack(">HH", channels, 3) + struct.pack(f">{len(numbers)}f", *numbers)
    positions = struct.pack(">II", 16 + 8 * count, len(step)) * count
    return b"mpet\0\0\0\0" + struct.pack(">HHI", channels, 3, count) + positions + step


def converted_by_lcms(picture: Image.Image, profile: bytes) -> Image.Image:
    transform = ImageCms.buildTransform(io.BytesIO(profile), ImageCms.createProfile("sRGB"), picture.mode, "RGB")
    converted = ImageCms.applyTransform(picture, transform)
    assert converted is not None
    return converted


@pytest.mark.parametrize("kind", ["png", "webp", "tiff", "jpeg", "avif", "heif"])
def test_embedded_profile_defines_the_colors(kind: str) -> None:
    original = encode(Image.new("RGB", (40, 40), DARK), kind, icc_profile=linear_profile())

    result = decode_rendition(original, width=20, format="png")

    assert are_colors_close([result.getpixel((5, 5))], [LIGHT], 6)
    assert "icc_profile" not in result.info


@pytest.mark.parametrize("kind", ["webp", "png"])
def test_profile_of_an_animation_defines_the_colors_of_all_frames(kind: str) -> None:
    original = animated(kind, [DARK, (0, 55, 0), (55, 0, 0)], icc_profile=linear_profile(), lossless=True)

    frames = shown_frames(decode_rendition(original, width=30, format="png"))

    assert are_colors_close([color for _, color in frames], [LIGHT, (0, 128, 0), (128, 0, 0)], 6)


@pytest.mark.parametrize("profile", [b"not a profile at all" * 20, srgb_profile()[:150], bytes(500)])
def test_broken_profile_is_ignored(profile: bytes) -> None:
    original = encode(quadrants(), "png", icc_profile=profile)

    assert are_colors_close(quadrant_colors(decode_rendition(original, width=60)), UPRIGHT)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_embedded_profile_is_applied_in_every_mode(mode: str) -> None:
    image = Image.new("RGBA", (40, 40), (*DARK, 200)).convert("RGB" if mode == "P" else "RGBA").convert(mode)
    original = encode(image, "png", icc_profile=linear_profile())

    result = decode_rendition(original, width=20)

    assert result.mode == mode.replace("P", "RGB")
    assert are_colors_close([result.convert("RGB").getpixel((5, 5))], [LIGHT], 6)
    assert "A" not in mode or result.getchannel("A").getpixel((5, 5)) == 200


@pytest.mark.parametrize(("kind", "color"), [("jpeg", LIGHT), ("tiff", LIGHT), ("png", DARK)])
def test_rgb_profile_of_a_gray_image_is_ignored_only_in_png(kind: str, color: tuple[int, ...]) -> None:
    """libpng drops such a profile, because a PNG with it is invalid. Browsers show the same colors."""
    original = encode(Image.new("L", (40, 40), 55), kind, icc_profile=linear_profile())

    result = decode_rendition(original, width=20, format="png")

    assert result.mode == "L"
    assert are_colors_close([result.convert("RGB").getpixel((5, 5))], [color], 6)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_gray_profile_defines_the_grays_and_keeps_alpha(mode: str) -> None:
    image = Image.new("LA", (40, 40), (55, 200)).convert(mode)

    result = decode_rendition(encode(image, "png", icc_profile=icc_profiles.matrix_profile((), 1.0, b"GRAY")), width=20)

    assert result.mode == mode
    assert are_colors_close([result.convert("RGBA").getpixel((5, 5))], [(*LIGHT, 200 if mode == "LA" else 255)], 6)


@pytest.mark.parametrize("profile", [icc_profiles.cmyk_profile(), icc_profiles.matrix_profile((), 1.0, b"GRAY")])
def test_profile_for_other_channels_is_ignored(profile: bytes) -> None:
    image = as_vips(quadrants())

    assert convert_to_srgb(image, profile).to_bytes() == quadrants().tobytes()


def test_srgb_profile_changes_no_color() -> None:
    assert convert_to_srgb(as_vips(quadrants()), srgb_profile()).to_bytes() == quadrants().tobytes()


@pytest.mark.parametrize("tag", D2B_TAGS)
def test_floating_point_steps_of_a_profile_are_ignored(tag: bytes) -> None:
    """The 50,000 steps would take a minute, and would exchange the channels."""
    profile = with_tag(linear_profile(), tag, chain_of_steps(50_000))
    original = encode(Image.new("RGB", (64, 64), (55, 0, 0)), "png", icc_profile=profile)

    result = decode_rendition(original, width=32)

    assert are_colors_close([result.getpixel((5, 5))], [(128, 0, 0)], 6)


def test_color_table_is_used_although_a_profile_has_floating_point_steps() -> None:
    picture = quadrants(mode="CMYK")
    profile = with_tag(icc_profiles.cmyk_profile(), b"D2B0", chain_of_steps(50_000, channels=4))

    result = decode_rendition(encode(picture, "tiff", icc_profile=profile), width=60, format="png")

    expected = converted_by_lcms(picture, icc_profiles.cmyk_profile())
    assert are_colors_close(quadrant_colors(result), quadrant_colors(expected), 8)


def test_profile_of_more_than_four_megabytes_is_ignored() -> None:
    profile = with_tag(linear_profile(), b"priv", bytes(4 << 20))
    image = as_vips(Image.new("RGB", (4, 4), DARK))

    assert convert_to_srgb(image, profile).to_bytes() == image.to_bytes()


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(), profile=st.sampled_from([linear_profile(), with_tag(linear_profile(), b"D2B0", chain_of_steps(2))])
)
def test_profile_with_any_broken_bytes_does_not_prevent_a_rendition(data: st.DataObject, profile: bytes) -> None:
    broken = bytearray(profile)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    assert decode_rendition(encode(quadrants(20, 20), "png", icc_profile=bytes(broken)), width=10).size == (10, 10)


@pytest.mark.parametrize("kind", ["jpeg", "tiff"])
def test_cmyk_becomes_rgb(kind: str) -> None:
    options: dict[str, Any] = {"quality": 95} if kind == "jpeg" else {}

    image = decode_rendition(encode(quadrants(mode="CMYK"), kind, **options), width=60, format="png")

    assert image.mode == "RGB"
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 20)


@given(inks=st.tuples(*[st.integers(0, 255)] * 4))
def test_each_ink_without_a_profile_darkens_in_proportion(inks: tuple[int, ...]) -> None:
    image = as_vips(Image.new("CMYK", (1, 1), inks)).apply("copy", interpretation="cmyk")

    color = tuple(convert_to_srgb(image, None).to_bytes())

    assert are_colors_close([color], [[(255 - ink) * (255 - inks[3]) / 255 for ink in inks[:3]]], 1)


def test_16_bit_pixels_are_scaled_and_not_clipped() -> None:
    image = Image.new("I;16", (64, 8))
    image.putdata([x * 1040 for _ in range(8) for x in range(64)])

    result = decode_rendition(encode(image, "png"), width=32)

    values: list[Any] = [result.convert("L").getpixel((x, 2)) for x in range(32)]
    assert values == sorted(values)
    assert values[0] < 8 < 120 < values[16] < 140 < 247 < values[31]


@pytest.mark.parametrize(
    ("color_type", "color"), [(ColorType.GRAY, 60_000), (ColorType.RGB, (60_000, 2000, 1000))], ids=["gray", "color"]
)
def test_transparent_color_of_16_bits_becomes_transparent(color_type: ColorType, color: int | tuple[int, ...]) -> None:
    values = color if isinstance(color, tuple) else (color,)
    other = tuple(257 for _ in values) if isinstance(color, tuple) else 257
    transparent = png_chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))

    alpha = decode_rendition(png([[color] * 4 + [other] * 4] * 8, 16, color_type, transparent), width=8).getchannel("A")

    assert (alpha.getpixel((1, 4)), alpha.getpixel((6, 4))) == (0, 255)


def test_additional_channels_are_removed() -> None:
    rgb_and_more = as_vips(quadrants()).join_band(as_vips(quadrants(mode="LA")))

    normalized = normalize_bands(rgb_and_more)

    assert (normalized.bands, normalized.get("interpretation")) == (3, "srgb")
    assert normalized.to_bytes() == quadrants().tobytes()


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bit_pixels_are_refused(mode: str) -> None:
    with pytest.raises(NotAnImage, match="pixels of 32 bits"):
        render_picture(encode(Image.new(mode, (9, 9), 1), "tiff"), width=5)
