"""The structure of GIFs, and GIFs that decoders show differently."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, color_at, encode, quadrant_colors
from conformance.raw_files import GifFrame, gif
from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.imaging.gif import Structure
from edge.imaging.pipeline import render
from edge.outcome import Adjustment
from edge.rendition import Rendition
from tests.support.renditions import UPRIGHT, animated, decode_rendition, render_picture, shown_frames

LIMITS = {"max_pixels": 10**6, "max_frames": 100, "max_dimension": 4096, "max_body": 10**6}
PALETTE = bytes([*RED, *GREEN, *BLUE, *YELLOW])
QUADRANTS = bytes(2 * (y >= 20) + (x >= 30) for y in range(40) for x in range(60))
STILL = gif(60, 40, PALETTE, [GifFrame(QUADRANTS, 10, 1)], None)
MOVING = gif(60, 40, PALETTE, [GifFrame(bytes([number]) * 2400, 10, 1) for number in range(4)])
CONTROL = b"\x21\xf9"
EXTENSIONS = {
    "comment": b"\x21\xfe\x05hello\0",
    "comment of two sub-blocks": b"\x21\xfe\x02\x2c\x3b\x01\x21\0",
    "empty comment": b"\x21\xfe\0",
    "text": b"\x21\x01\x0c" + bytes(12) + b"\x03abc\0",
    "application": b"\x21\xff\x0bXMP DataXMP\x04abcd\0",
    "unknown extension": b"\x21\x77\x02ab\0",
}


def structure(data: bytes, max_frames: int = 100) -> Structure:
    return Structure(data, max_frames=max_frames)


def last_frame(data: bytes) -> int:
    """Return the offset of the control extension of the last frame."""
    return data.rindex(CONTROL)


def partial_frames(disposal: int, background: int, *, transparent: int | None = None) -> bytes:
    """Return a GIF of a red frame, a green part on the left with this disposal method, and a blue part on the right."""
    data = bytearray(gif(60, 40, PALETTE, [GifFrame(bytes(2400), 10, 1)])[:-1])
    data[11] = background
    for color, left, part_disposal in ((1, 0, disposal), (2, 40, 1)):
        part = gif(20, 40, PALETTE, [GifFrame(bytes([color]) * 800, 10, part_disposal)], None)[:-1]
        block = bytearray(part[part.index(CONTROL) :])
        block[9:11] = left.to_bytes(2, "little")
        if transparent is not None:
            block[3] |= 1
            block[6] = transparent
        data += block
    return bytes(data) + b"\x3b"


@pytest.mark.parametrize("count", [1, 2, 7])
def test_frames_are_counted(count: int) -> None:
    assert structure(animated("gif", [(number * 30, 0, 0) for number in range(count)])).frame_count == count


def test_count_ends_after_one_frame_too_many() -> None:
    assert structure(MOVING, max_frames=4).frame_count == 4
    assert structure(MOVING, max_frames=3).frame_count == 4
    assert structure(MOVING, max_frames=2).frame_count == 3


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extension_does_not_change_the_frames(name: str) -> None:
    image_start = STILL.index(b"\x2c", STILL.index(CONTROL))
    for offset in (STILL.index(CONTROL), image_start, len(STILL) - 1):
        still = STILL[:offset] + EXTENSIONS[name] + STILL[offset:]
        assert structure(still).frame_count == 1
        assert are_colors_close(quadrant_colors(decode_rendition(still, width=30)), UPRIGHT, 4)
    moving = MOVING[: last_frame(MOVING)] + EXTENSIONS[name] + MOVING[last_frame(MOVING) :]
    assert structure(moving).frame_count == 4
    assert are_colors_close([color for _, color in shown_frames(decode_rendition(moving, width=30))], UPRIGHT, 4)


def test_animation_ends_at_bytes_between_its_frames() -> None:
    """The decoder does not read the bytes after them, like browsers."""
    broken = MOVING[: last_frame(MOVING)] + b"garbage" + MOVING[last_frame(MOVING) :]

    assert are_colors_close([color for _, color in shown_frames(decode_rendition(broken, width=30))], UPRIGHT[:3], 4)


@pytest.mark.parametrize("data", [MOVING[:-1], MOVING + b"more \x2c bytes", MOVING[:-1] + CONTROL])
def test_missing_or_early_trailer_is_tolerated(data: bytes) -> None:
    assert structure(data).frame_count == 4
    assert are_colors_close([color for _, color in shown_frames(decode_rendition(data, width=30))], UPRIGHT, 4)


def test_local_color_table_replaces_the_global_one() -> None:
    start = STILL.index(b"\x2c", STILL.index(CONTROL))
    table = bytes([*YELLOW, *BLUE, *GREEN, *RED])
    without_global = STILL[:10] + b"\0" + STILL[11:13] + STILL[25 : start + 9] + b"\x81" + PALETTE + STILL[start + 10 :]
    local = STILL[: start + 9] + b"\x81" + table + STILL[start + 10 :]

    assert are_colors_close(quadrant_colors(decode_rendition(local, width=30)), UPRIGHT[::-1], 4)
    assert are_colors_close(quadrant_colors(decode_rendition(without_global, width=30)), UPRIGHT, 4)
    assert structure(local).frame_count == structure(without_global).frame_count == 1


def test_interlaced_gif_shows_its_rows_in_order() -> None:
    order = [*range(0, 40, 8), *range(4, 40, 8), *range(2, 40, 4), *range(1, 40, 2)]
    pixels = b"".join(QUADRANTS[60 * row : 60 * row + 60] for row in order)
    data = bytearray(gif(60, 40, PALETTE, [GifFrame(pixels, 10, 1)], None))
    data[data.index(b"\x2c", data.index(CONTROL)) + 9] |= 0x40

    image = decode_rendition(bytes(data), width=60, format="png")

    expected = bytes(value for index in QUADRANTS for value in UPRIGHT[index])
    assert image.convert("RGB").tobytes() == expected


def test_first_frame_is_a_gif_of_its_own() -> None:
    first = structure(MOVING, max_frames=1).first_frame()

    assert MOVING.startswith(first[:-1])
    assert structure(first).frame_count == 1
    assert are_colors_close(quadrant_colors(decode_rendition(first, width=30)), [RED] * 4, 4)


def test_later_frames_are_not_read_for_a_still_picture() -> None:
    """Browsers, too, show the first frame of a GIF whose later frames are broken."""
    broken = MOVING[: last_frame(MOVING) + 20]

    assert are_colors_close(quadrant_colors(decode_rendition(broken, width=30, format="jpeg")), [RED] * 4, 4)
    with pytest.raises(NotAnImage):
        render_picture(STILL[:-30], width=30, format="jpeg")


def test_gif_frame_larger_than_the_header_size_is_cropped() -> None:
    """Browsers crop such a frame too.

    The header has the size 1x1, the first frame is black, and the second frame has the size 2x1 and is white.
    """
    black = b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\x00"
    white = b"\x2c\0\0\0\0\2\0\1\0\0" + b"\x02\x02\x4c\x0a\x00"
    original = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + black + white + b"\x3b"

    image = decode_rendition(original, width=10)
    image.seek(1)

    assert (image.size, image.n_frames) == ((1, 1), 2)  # type: ignore[attr-defined]
    assert quadrant_colors(image) == [(255, 255, 255)] * 4


def test_gif_frame_far_larger_than_the_header_size_is_cropped() -> None:
    """The header has the size 1x1, and the second frame would take 4 GB."""
    pixel = b"\x02\x02\x44\x01\x00"
    frames = [b"\x2c\0\0\0\0" + size + b"\0" + pixel for size in (b"\1\0\1\0", b"\xff\xff\xff\xff")]
    data = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(frames) + b"\x3b"

    assert decode_rendition(data, width=1, max_pixels=10**6).size == (1, 1)


def test_animation_with_frames_far_larger_than_its_screen_is_refused() -> None:
    """libvips makes such a screen as large as the frames, so that 100 frames would have 400 megapixels."""
    corner = b"\x2c" + (2000).to_bytes(2, "little") * 2 + b"\1\0\1\0\0\x02\x02\x44\x01\0"
    original = gif(2049, 1, PALETTE, [], None)[:-1] + corner * 100 + b"\x3b"

    with pytest.raises(OriginalTooLarge):
        render(original, Rendition(width=30), **LIMITS | {"max_pixels": 10**8})


def test_long_animation_of_narrow_frames_becomes_its_first_frame() -> None:
    """Each row takes time, even if it has only one pixel."""
    frames = [GifFrame(bytes([number % 4]) * 5000, 10, 1) for number in range(100)]

    rendered = render(gif(1, 5000, PALETTE, frames), Rendition(width=1), **LIMITS | {"max_pixels": 10**7})

    assert rendered.adjustment is Adjustment.FIRST_FRAME


@pytest.mark.parametrize("background", [0, 1, 3])
@pytest.mark.parametrize("transparent", [None, 3])
def test_restored_background_is_transparent(background: int, transparent: int | None) -> None:
    """Browsers ignore the background color of the header."""
    original = partial_frames(2, background, transparent=transparent)

    image = decode_rendition(original, width=30, format="webp", quality=90)

    image.seek(2)
    left, middle, right = (color_at(image.convert("RGBA"), x, 10) for x in (4, 15, 26))
    assert left[3] < 8
    assert are_colors_close([middle, right], [(*RED, 255), (*BLUE, 255)], 20)


@pytest.mark.parametrize(("disposal", "color"), [(0, GREEN), (1, GREEN), (3, RED)])
def test_other_disposal_methods_are_not_changed(disposal: int, color: tuple[int, ...]) -> None:
    original = partial_frames(disposal, 3)

    image = decode_rendition(original, width=30, format="png")

    assert structure(original).with_transparent_background() == original
    image.seek(2)
    assert are_colors_close([color_at(image.convert("RGB"), 4, 10)], [color], 4)


def test_gif_of_256_colors_is_not_changed() -> None:
    """Every number of a color is in use, so no number can become the transparent one."""
    frames = [Image.effect_noise((64, 64), 200).convert("P") for _ in range(2)]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], disposal=2, optimize=False)

    assert structure(original).with_transparent_background() == original
    assert decode_rendition(original, width=32).n_frames == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("filler", [b"\0" * 2_000_100, b"\x21\xfe" + b"\x01a" * 2_000_100 + b"\0"])
def test_more_than_two_million_blocks_are_refused(filler: bytes) -> None:
    original = STILL[: STILL.index(CONTROL)] + filler + STILL[STILL.index(CONTROL) :]

    with pytest.raises(OriginalTooLarge, match="more than 2000000 blocks"):
        render_picture(original, width=9)


@settings(max_examples=300, deadline=None)
@given(
    number=st.integers(0, 3),
    changes=st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from([0, 33, 44, 59, 249, 255])), min_size=1, max_size=4
    ),
    removed=st.integers(0, 10_000),
)
def test_broken_blocks_raise_only_image_errors(number: int, changes: list[tuple[int, int]], removed: int) -> None:
    broken = bytearray((STILL, MOVING, partial_frames(2, 1), animated("gif", disposal=2))[number])
    for position, value in changes:
        broken[6 + position % (len(broken) - 6)] = value
    blocks = structure(bytes(broken[: 13 + removed % (len(broken) - 12)]))

    assert len(blocks.first_frame()) <= len(broken) + 1
    assert len(blocks.with_transparent_background()) <= len(broken)
    with suppress(ImageError):
        render(bytes(broken), Rendition(width=9), **LIMITS)
