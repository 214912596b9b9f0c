import io

import pytest
from PIL import Image

from edge.formats import sniff


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp", "ico"])
def test_what_pillow_writes_is_recognised(name: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(buffer, name)

    assert sniff(buffer.getvalue()) == name


@pytest.mark.parametrize(
    "text",
    [
        "<svg xmlns='x'/>",
        "\ufeff<?xml version='1.0'?>\n<!-- by hand -->\n<svg >",
        "<!DOCTYPE svg PUBLIC 'x'>\n<svg>",
    ],
)
def test_svg_is_recognised_behind_what_may_stand_before_it(text: str) -> None:
    assert sniff(text.encode()) == "svg"


@pytest.mark.parametrize("data", [b"", b"hello", b"<html><svg>", b"\xff\xd8", b"RIFF0000WAVE", b"\0" * 100])
def test_anything_else_is_nothing_we_know(data: bytes) -> None:
    assert sniff(data) is None
