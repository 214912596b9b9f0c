"""JPEGs that are truncated, broken or suspicious, and harmless errors that browsers tolerate too."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from conformance.pictures import are_colors_close, encode, quadrant_colors, quadrants
from edge.errors import NotAnImage, OriginalTooLarge
from edge.imaging import jpeg
from tests.support.renditions import UPRIGHT, decode_rendition, photograph, render_picture

_END: bytes = b"\xff\xd9"
ENCODINGS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restart markers": {"restart_marker_rows": 1},
    "progressive with restart markers": {"progressive": True, "restart_marker_rows": 2},
}


def insert(data: bytes, extra: bytes, before: bytes) -> bytes:
    offset = data.index(before)
    return data[:offset] + extra + data[offset:]


@pytest.mark.parametrize("width", [50, 500])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_truncated_jpeg_with_a_new_end_marker_is_refused(encoding: str, mode: str, share: float, width: int) -> None:
    """A tool may have added the end marker to a truncated upload. The rest of the picture would be gray."""
    whole = encode(photograph(512, 512).convert(mode), "jpeg", **ENCODINGS[encoding])
    cut = whole[: int(len(whole) * share)].rstrip(b"\xff") + _END

    assert render_picture(whole, width=width)
    with pytest.raises(NotAnImage):
        render_picture(cut, width=width)


@pytest.mark.parametrize("encoding", ["restart markers", "progressive with restart markers"])
def test_jpeg_truncated_at_a_restart_marker_is_refused(encoding: str) -> None:
    whole = encode(photograph(512, 512), "jpeg", **ENCODINGS[encoding])
    cut = whole[: whole.index(b"\xff\xd4")] + _END

    with pytest.raises(NotAnImage):
        render_picture(cut, width=50)


def test_progressive_jpeg_without_its_last_scans_is_rendered() -> None:
    """Each scan is complete, so that the picture is complete, but less sharp."""
    whole = encode(photograph(512, 512), "jpeg", progressive=True, quality=95)
    cut = whole[: whole.rindex(b"\xff\xc4")] + _END

    result = decode_rendition(cut, width=256, format="png")

    expected = decode_rendition(whole, width=256, format="png")
    assert abs(np.asarray(result, float) - np.asarray(expected, float)).mean() < 3


@pytest.mark.parametrize("removed", [1, 2, 40])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_jpeg_without_its_end_marker_is_refused(encoding: str, removed: int) -> None:
    whole = encode(photograph(512, 512), "jpeg", **ENCODINGS[encoding])

    with pytest.raises(NotAnImage):
        render_picture(whole[:-removed], width=50)


@pytest.mark.parametrize("extra", [b"\0\0\0\0", b"abc", b"\xff\xff\xff"], ids=["zeros", "text", "fill bytes"])
@pytest.mark.parametrize("marker", [b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\xff\xda", _END])
def test_bytes_between_the_segments_do_not_change_the_picture(marker: bytes, extra: bytes) -> None:
    whole = encode(quadrants(), "jpeg", quality=95)

    result = decode_rendition(insert(whole, extra, before=marker), width=60, format="png")

    assert result.tobytes() == decode_rendition(whole, width=60, format="png").tobytes()


@pytest.mark.parametrize("fill_bytes", [b"", b"\xff\xff\xff"], ids=["no fill bytes", "three fill bytes"])
def test_complete_jpeg_that_ends_in_gray_is_rendered(fill_bytes: bytes) -> None:
    image = quadrants(256, 256)
    image.paste((128, 128, 128), (0, 200, 256, 256))
    original = encode(image, "jpeg", quality=95)

    result = decode_rendition(original[:2] + fill_bytes + original[2:] + b"what a camera left", width=64, format="png")

    assert are_colors_close([result.getpixel((32, 60))], [(128, 128, 128)], 2)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("options", [{"optimize": True}, {"progressive": True}, {"quality": 1, "optimize": True}])
def test_jpeg_of_one_color_is_rendered(mode: str, options: dict[str, Any]) -> None:
    """No other picture has as many pixels per byte: up to 256."""
    original = encode(Image.new(mode, (4000, 3000)), "jpeg", **options)

    assert decode_rendition(original, width=40).size == (40, 30)


def test_more_pixels_than_the_bytes_can_contain_are_refused() -> None:
    jpeg.check_scans(bytes(1000), 512_000, has_scans=False)

    with pytest.raises(NotAnImage, match="1000 bytes cannot contain 512001 pixels"):
        jpeg.check_scans(bytes(1000), 512_001, has_scans=False)


def test_small_jpeg_that_declares_a_huge_size_is_refused() -> None:
    data = bytearray(encode(quadrants(64, 64), "jpeg"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = b"\x4e\x20\x4e\x20"

    with pytest.raises(NotAnImage, match="cannot contain 400000000 pixels"):
        render_picture(bytes(data), width=10, max_pixels=10**9)


def test_jpeg_of_more_than_100_scans_is_refused() -> None:
    whole = encode(quadrants(64, 64), "jpeg", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : whole.rindex(_END)]

    with pytest.raises(OriginalTooLarge, match="more than 100 scans"):
        render_picture(insert(whole, scan * 100, before=_END), width=32)


def test_jpeg_of_more_than_10000_segments_is_refused() -> None:
    """libjpeg would keep each of them in memory."""
    whole = encode(quadrants(64, 64), "jpeg")

    with pytest.raises(OriginalTooLarge, match="more than 10000 segments"):
        render_picture(insert(whole, b"\xff\xe1\0\2" * 10_001, before=b"\xff\xdb"), width=32)


def test_jpeg_that_is_followed_by_a_video_is_rendered() -> None:
    """Phones append a video of a few megabytes to a photograph. Random bytes of 8 MB contain 128 markers of a scan."""
    video = np.random.default_rng(1).bytes(8 << 20)

    result = decode_rendition(encode(quadrants(), "jpeg", quality=95) + video, width=60)

    assert are_colors_close(quadrant_colors(result), UPRIGHT)
