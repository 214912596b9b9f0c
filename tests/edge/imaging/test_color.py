"""Color: ICC profiles, pixel modes and transparent colors."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from conformance.pictures import are_colors_close, encode, quadrant_colors, quadrants
from edge.errors import NotAnImage
from tests.support.renditions import UPRIGHT, decode_rendition, linear_profile, render_picture


def test_embedded_profile_defines_the_colors() -> None:
    linear = linear_profile()
    original = encode(Image.new("RGB", (40, 40), (55, 55, 55)), "png", icc_profile=linear)

    result = decode_rendition(original, width=20)

    assert are_colors_close([result.getpixel((5, 5))], [(128, 128, 128)], 6)
    assert "icc_profile" not in result.info


def test_broken_profile_is_ignored() -> None:
    original = encode(quadrants(), "png", icc_profile=b"not a profile at all" * 20)

    assert are_colors_close(quadrant_colors(decode_rendition(original, width=60)), UPRIGHT)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_embedded_profile_is_applied_in_every_mode(mode: str) -> None:
    image = Image.new("RGBA", (40, 40), (55, 55, 55, 200)).convert("RGB" if mode == "P" else "RGBA").convert(mode)
    original = encode(image, "png", icc_profile=linear_profile())

    result = decode_rendition(original, width=20)

    assert result.mode == mode.replace("P", "RGB")
    assert are_colors_close([result.convert("RGB").getpixel((5, 5))], [(128, 128, 128)], 6)
    assert "A" not in mode or result.getchannel("A").getpixel((5, 5)) == 200


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_profile_with_any_broken_bytes_does_not_prevent_a_rendition(data: st.DataObject) -> None:
    profile = bytearray(linear_profile())
    for _ in range(data.draw(st.integers(1, 6))):
        profile[data.draw(st.integers(0, len(profile) - 1))] = data.draw(st.integers(0, 255))

    assert decode_rendition(encode(quadrants(20, 20), "png", icc_profile=bytes(profile)), width=10).size == (10, 10)


def test_cmyk_becomes_rgb() -> None:
    image = decode_rendition(encode(quadrants(mode="CMYK"), "jpeg", quality=95), width=60, format="png")

    assert image.mode == "RGB"
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 20)


def test_lab_becomes_the_rgb_colors_that_it_defines() -> None:
    lab = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    original = encode(ImageCms.applyTransform(quadrants(), to_lab), "tiff")

    assert are_colors_close(quadrant_colors(decode_rendition(original, width=60, format="png")), UPRIGHT, 4)


def test_16_bit_pixels_are_scaled_and_not_clipped() -> None:
    image = Image.new("I;16", (64, 8))
    image.putdata([x * 1040 for _ in range(8) for x in range(64)])

    result = decode_rendition(encode(image, "png"), width=32)

    values = [result.convert("L").getpixel((x, 2)) for x in range(32)]
    assert values == sorted(values)
    assert values[0] < 8 < 120 < values[16] < 140 < 247 < values[31]


@pytest.mark.parametrize(("mode", "color"), [(0, b"\xea\x60"), (2, b"\xea\x60\x07\xd0\x03\xe8")], ids=["gray", "color"])
def test_transparent_color_of_16_bits_becomes_transparent(mode: int, color: bytes) -> None:
    rows = (b"\0" + color * 4 + b"\1\1" * (len(color) // 2) * 4) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, mode, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tRNS", color), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]

    alpha = decode_rendition(b"\x89PNG\r\n\x1a\n" + b"".join(packed), width=8).getchannel("A")

    assert (alpha.getpixel((1, 4)), alpha.getpixel((6, 4))) == (0, 255)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bit_pixels_are_refused(mode: str) -> None:
    with pytest.raises(NotAnImage):
        render_picture(encode(Image.new(mode, (9, 9), 1), "tiff"), width=5)
