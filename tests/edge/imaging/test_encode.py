"""Encoding of animations: durations, loop counts and disposal."""

import pytest
from PIL import Image, ImageDraw

from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, encode
from tests.support.renditions import UPRIGHT, animated, decode_rendition, shown_frames


@pytest.mark.parametrize("target", ["gif", "webp", "png"])
def test_animation_keeps_frames_durations_and_loop_count(target: str) -> None:
    frames = [Image.new("RGB", (60, 40), color) for color in (RED, GREEN, BLUE, YELLOW)]
    durations = [100, 200, 50, 700]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], duration=durations, loop=0)

    image = decode_rendition(original, width=30, format=None if target == "gif" else target)

    decoded_frames = []
    for index in range(image.n_frames):
        image.seek(index)
        image.load()
        decoded_frames.append((image.info["duration"], image.convert("RGB").getpixel((5, 5))))
    assert [duration for duration, _ in decoded_frames] == durations
    assert are_colors_close([color for _, color in decoded_frames], [RED, GREEN, BLUE, YELLOW], 20)
    assert image.info.get("loop") == 0


def test_animation_that_plays_once_still_plays_once() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, BLUE)]
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    assert decode_rendition(original, width=10, format="webp").info["loop"] == 1
    assert "loop" not in decode_rendition(original, width=10).info


def test_endless_animation_stays_animated_as_avif() -> None:
    image = decode_rendition(animated("gif", loop=0), width=30, format="avif")

    assert image.format == "AVIF"
    assert are_colors_close([color for _, color in shown_frames(image)], UPRIGHT, 20)


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_durations_that_browsers_would_change_are_kept(kind: str) -> None:
    image = decode_rendition(animated(kind, duration=[0, 10, 50, 700], loop=0), width=30)

    assert [duration for duration, _ in shown_frames(image)] == [0, 10, 50, 700]


def test_fractional_durations_keep_their_sum() -> None:
    original = animated("png", duration=[100 / 3] * 4, loop=0)

    assert sum(duration for duration, _ in shown_frames(decode_rendition(original, width=30))) == pytest.approx(400 / 3)
    assert sum(duration for duration, _ in shown_frames(decode_rendition(original, width=30, format="webp"))) == 133
    assert sum(duration for duration, _ in shown_frames(decode_rendition(original, width=30, format="avif"))) == 132


def test_png_delay_of_more_than_16_bits_is_rounded_to_seconds() -> None:
    original = animated("webp", duration=[70_123] * 4, loop=0)

    assert [duration for duration, _ in shown_frames(decode_rendition(original, width=30, format="png"))] == [
        70_000
    ] * 4


@pytest.mark.parametrize("target", ["gif", "webp", "avif", "png"])
def test_previous_frame_does_not_show_through_transparency(target: str) -> None:
    frames = []
    for left in (0, 20, 40):
        frames.append(Image.new("RGBA", (60, 40)))
        ImageDraw.Draw(frames[-1]).rectangle((left, 0, left + 19, 39), fill=RED)
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], loop=0, duration=90, disposal=2)

    image = decode_rendition(original, width=30, format=None if target == "gif" else target)

    for index in range(3):
        image.seek(index)
        opaque = [image.convert("RGBA").getchannel("A").getpixel((x, 10)) > 127 for x in (5, 15, 25)]  # type: ignore[operator]
        assert opaque == [index == 0, index == 1, index == 2]
