"""TIFFs in L*a*b*, and TIFFs whose directories are broken."""

import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, encode, quadrant_colors, quadrants
from edge.errors import ImageError, NotAnImage
from edge.imaging.tiff import Directory
from tests.support.renditions import UPRIGHT, decode_rendition, render_picture

RGB, CIELAB = 2, 8
"""The numbers of two color spaces in the tag PhotometricInterpretation."""


def to_lab(color: tuple[int, ...]) -> tuple[int, ...]:
    """Return L from 0 to 255, and a and b as they are stored: -128 to 127 as bytes."""
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    converted = ImageCms.applyTransform(Image.new("RGB", (1, 1), color), transform)
    assert converted is not None
    lightness, a, b = converted.tobytes()
    return lightness, a, b


def tiff(
    colors: Sequence[Sequence[int]], color_space: int, *, order: str = "<", bits: int = 8, extra: int | None = None
) -> bytes:
    """Return an uncompressed TIFF of the quadrants picture with 48x32 pixels, whose quarters have the given bytes.

    `extra` is the meaning of the last sample: 1 for alpha with premultiplied colors, 2 for alpha without.
    """
    pixels = b"".join(bytes(colors[2 * (y >= 16) + (x >= 24)]) for y in range(32) for x in range(48))
    count = len(colors[0]) * 8 // bits
    depths = struct.pack(f"{order}{count}H", *[bits] * count)
    entries = [(256, "H", 48), (257, "H", 32), (258, "H", bits), (259, "H", 1), (262, "H", color_space)]
    entries += [(273, "I", 8 + len(depths)), (277, "H", count), (278, "H", 32), (279, "I", len(pixels))]
    if extra is not None:
        entries.append((338, "H", extra))
    table = b""
    for tag, form, value in entries:
        head = struct.pack(f"{order}HHI", tag, 3 if form == "H" else 4, 1)
        table += head + struct.pack(f"{order}{form}", value).ljust(4, b"\0")
    if count > 2:  # The depths do not fit into their entry, so the entry has their offset.
        entry = struct.pack(f"{order}HHI", 258, 3, count) + struct.pack(f"{order}I", 8)
        table = table[:24] + entry + table[36:]
    directory = struct.pack(f"{order}H", len(entries)) + table + bytes(4)
    offset = struct.pack(f"{order}I", 8 + len(depths) + len(pixels))
    return (b"II*\0" if order == "<" else b"MM\0*") + offset + depths + pixels + directory


LAB = [to_lab(color) for color in UPRIGHT]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
def test_lab_of_8_bits_becomes_the_colors_that_it_defines(order: str) -> None:
    image = decode_rendition(tiff(LAB, CIELAB, order=order), width=24, format="png")

    assert (image.size, image.mode) == ((24, 16), "RGB")
    assert are_colors_close(quadrant_colors(image), UPRIGHT, 4)


@pytest.mark.parametrize("big_tiff", [False, True], ids=["TIFF", "BigTIFF"])
def test_lab_that_pillow_writes_becomes_the_colors_that_it_defines(big_tiff: bool) -> None:
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    converted = ImageCms.applyTransform(quadrants(), transform)
    assert converted is not None

    image = decode_rendition(
        encode(converted, "tiff", compression="tiff_lzw", big_tiff=big_tiff), width=60, format="png"
    )

    assert are_colors_close(quadrant_colors(image), UPRIGHT, 4)


def test_lab_of_16_bits_becomes_the_colors_that_it_defines() -> None:
    words = [(lightness, lightness, 0, a, 0, b) for lightness, a, b in LAB]

    image = decode_rendition(tiff(words, CIELAB, bits=16), width=24, format="png")

    assert are_colors_close(quadrant_colors(image), UPRIGHT, 4)


def test_neutral_lab_is_neutral_gray() -> None:
    grays = [(0, 0, 0), (128, 0, 0), (191, 0, 0), (255, 0, 0)]

    image = decode_rendition(tiff(grays, CIELAB), width=24, format="png")

    assert are_colors_close(quadrant_colors(image), [(0,) * 3, (119,) * 3, (184,) * 3, (255,) * 3], 2)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "options",
    [
        {"colors": [RED, GREEN, BLUE, YELLOW], "color_space": RGB},
        {"colors": [(0,), (80,), (160,), (255,)], "color_space": 1},
        {"colors": [(*color, 255) for color in UPRIGHT], "color_space": RGB, "extra": 2},
        {"colors": [(0, value, 0, value, 0, value) for value in (0, 80, 160, 255)], "color_space": CIELAB, "bits": 16},
    ],
    ids=["RGB", "gray", "RGBA", "L*a*b* of 16 bits"],
)
def test_other_tiffs_are_not_changed(options: dict[str, Any], order: str) -> None:
    original = tiff(order=order, **options)

    assert Directory(original).data == original


@pytest.mark.parametrize("order", ["<", ">"])
def test_only_the_color_space_of_a_lab_tiff_is_changed(order: str) -> None:
    assert Directory(tiff(LAB, CIELAB, order=order)).data == tiff(LAB, RGB, order=order)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_rgb_is_decoded_in_both_byte_orders(order: str, bits: int) -> None:
    byte_pairs = [tuple(value for sample in color for value in [sample] * (bits // 8)) for color in UPRIGHT]

    image = decode_rendition(tiff(byte_pairs, RGB, order=order, bits=bits), width=24, format="png")

    assert are_colors_close(quadrant_colors(image), UPRIGHT, 1)


def test_white_is_zero_is_inverted() -> None:
    image = decode_rendition(tiff([(0,), (80,), (160,), (255,)], 0), width=24, format="png")

    assert are_colors_close(quadrant_colors(image), [(value,) * 3 for value in (255, 175, 95, 0)], 1)


@pytest.mark.parametrize(("kind", "samples"), [(2, (40, 180, 60, 102)), (1, (16, 72, 24, 102))])
def test_alpha_is_kept_and_premultiplied_colors_are_divided(kind: int, samples: tuple[int, ...]) -> None:
    image = decode_rendition(tiff([samples] * 4, RGB, extra=kind), width=24, format="png")

    assert are_colors_close([image.getpixel((12, 8))], [(40, 180, 60, 102)], 2)


def test_extra_sample_that_is_no_alpha_channel_is_ignored() -> None:
    """Image editors store selections in such samples."""
    image = decode_rendition(tiff([(40, 180, 60, 102)] * 4, RGB, extra=0), width=24, format="png")

    assert image.mode == "RGB"
    assert are_colors_close([image.getpixel((12, 8))], [(40, 180, 60)], 1)


@pytest.mark.parametrize("directory", [0, 4, 7, 2_000_000, 0xFFFFFFFF])
def test_directory_outside_of_the_file_is_refused(directory: int) -> None:
    data = tiff(LAB, CIELAB)

    with pytest.raises(NotAnImage):
        render_picture(data[:4] + directory.to_bytes(4, "little") + data[8:], width=9)


@settings(max_examples=200, deadline=None)
@given(order=st.sampled_from("<>"), data=st.data())
def test_malformed_directory_raises_only_image_errors(order: str, data: st.DataObject) -> None:
    original = bytearray(tiff(LAB, CIELAB, order=order))
    directory = len(original) - 4 - 9 * 12 - 2
    offsets = st.one_of(st.integers(0, 13), st.integers(directory, len(original) - 1))
    for _ in range(data.draw(st.integers(1, 4))):
        original[data.draw(offsets)] = data.draw(st.sampled_from([0, 1, 2, 3, 4, 8, 12, 16, 127, 128, 254, 255]))
    broken = bytes(original[: data.draw(st.sampled_from([len(original), directory + 40, directory + 1, 9, 5]))])

    Directory(broken)
    with suppress(ImageError):
        render_picture(broken, width=9, max_pixels=10**6)


@pytest.mark.parametrize("kind", [4, 9, 13], ids=["LONG", "SLONG", "IFD"])
def test_strips_that_share_their_bytes_are_refused(kind: int) -> None:
    """A small file could otherwise declare millions of strips, each of which takes time to decode."""
    original = bytearray(tiff([RED, GREEN, BLUE, YELLOW], RGB))
    lengths = original.index((279).to_bytes(2, "little") + (4).to_bytes(2, "little")) + 8

    original[lengths - 6] = kind
    original[lengths : lengths + 4] = (len(original) + 1).to_bytes(4, "little")

    with pytest.raises(NotAnImage, match="more bytes than the file"):
        render_picture(bytes(original), width=9)
