"""The recognition of formats by their signatures."""

import io

import pytest
from PIL import Image

from common.contract import OUTPUT_FORMATS
from conformance.pictures import encode, quadrants
from conformance.raw_files import png_chunk
from edge.imaging.formats import CONTENT_TYPES, LOADERS, PLUGINS, sniff
from tests.support.renditions import animated, as_vips


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "ico"])
def test_files_that_pillow_writes_are_recognized(name: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(buffer, name)

    assert sniff(buffer.getvalue()) == name


@pytest.mark.parametrize(
    "text",
    [
        "<svg xmlns='x'/>",
        "\ufeff<?xml version='1.0'?>\n<!-- by hand -->\n<svg >",
        "<!DOCTYPE svg PUBLIC 'x'>\n<svg>",
        "<?xml version='1.0'?>\n<!DOCTYPE svg [ <!ENTITY a 'x>'> ]>\n<svg>",
        "<!-- " + "as long as some editors make it " * 200 + "--><svg>",
        "<!-- short -->\n" * 1000 + "<svg>",
        "<svg:svg xmlns:svg='x'/>",
    ],
)
def test_svg_is_recognized_after_its_prolog_and_comments(text: str) -> None:
    assert sniff(text.encode()) == "svg"


def test_many_comments_without_svg_are_rejected_quickly() -> None:
    assert sniff(b"<!-- a -->" * 1000) is None


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"avif\0\0\0\0mif1miaf", "avif"),
        (b"avis\0\0\0\0avifavismsf1", "avis"),
        (b"avis\0\0\0\0msf1", "avis"),
        (b"mif1\0\0\0\0mif1avif", "avif"),
        (b"avif\0\0\0\0avis", "avif"),
        (b"heic\0\0\0\0mif1heic", "heic"),
        (b"mif1\0\0\0\0heic", "heic"),
        (b"mp42\0\0\0\0isommp42", None),
    ],
)
def test_avif_and_heic_are_distinguished_by_their_brands(brands: bytes, name: str | None) -> None:
    assert sniff(b"\0\0\0\x1cftyp" + brands) == name


@pytest.mark.parametrize(
    "data", [b"BMW is a maker of cars", b"", b"hello", b"<html><svg>", b"\xff\xd8", b"RIFF0000WAVE", b"\0" * 100]
)
def test_other_bytes_have_no_known_format(data: bytes) -> None:
    assert sniff(data) is None


def test_no_format_has_two_readers() -> None:
    assert not LOADERS.keys() & PLUGINS.keys()


def test_every_format_of_a_rendition_has_a_content_type() -> None:
    assert CONTENT_TYPES.keys() == {*OUTPUT_FORMATS, "gif"}


def test_animated_png_is_distinguished_from_a_still_one() -> None:
    still, animation = encode(quadrants(), "png"), animated("png")

    assert sniff(animation) == "apng"
    assert sniff(still) == "png"
    # A comment after the pixels does not make an animation.
    assert sniff(still[:-12] + png_chunk(b"tEXt", b"Comment\0acTL") + still[-12:]) == "png"


def test_animated_avif_is_distinguished_from_a_still_one() -> None:
    assert sniff(animated("avif")) == "avis"
    assert sniff(encode(quadrants(), "avif")) == "avif"


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}])
def test_tiff_of_both_kinds_is_recognized(options: dict[str, bool]) -> None:
    assert sniff(as_vips(quadrants()).save("tiffsave_target", **options)) == "tiff"


@pytest.mark.parametrize("head", [b"MM\0*", b"II*\0", b"MM\0+", b"II+\0"])
def test_tiff_in_both_byte_orders_is_recognized(head: bytes) -> None:
    assert sniff(head + bytes(20)) == "tiff"
