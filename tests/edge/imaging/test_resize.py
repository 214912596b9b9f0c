"""Cropping and resizing: sizes, alignment, exact copies and hidden colors."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.similarity import ssim
from edge.imaging.geometry import Box, Placement, place
from edge.imaging.resize import _find_window, resize  # pyright: ignore[reportPrivateUsage]
from edge.imaging.vips import Image
from edge.rendition import Rendition
from tests.support.renditions import as_vips, photograph, resized_exactly

sides = st.integers(1, 300)
shrinks = st.floats(1.0, 64.0)
_AMPLITUDE = 120
Numbers = NDArray[np.floating[Any]]


def wave(width: int, height: int, length: float) -> Image:
    """Return an image whose red is a wave from left to right, and whose green is the same wave from top to bottom."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = wave_values(np.arange(width) + 0.5, length).round()[None, :]
    pixels[..., 1] = wave_values(np.arange(height) + 0.5, length).round()[:, None]
    return Image.from_pixels(pixels.tobytes(), width, height, 3)


def wave_values(positions: Numbers, length: float) -> Numbers:
    return 127.5 + _AMPLITUDE * np.sin(2 * math.pi / length * positions)


def shifts(side: int, box: Box, width: int, height: int) -> tuple[float, float]:
    """Return how many pixels of the original the resized picture is shifted to the right, and down.

    The original is a square with waves, and the shift is measured where the edges of the picture have no influence.
    """
    left, top, right, bottom = box
    steps = (right - left) / width, (bottom - top) / height
    length = 12 * max(steps)
    result = resize(wave(side, side, length), Placement(box=box, width=width, height=height))
    assert (result.width, result.height) == (width, height)
    pixels = np.frombuffer(result.to_bytes(), np.uint8).reshape(height, width, 3)
    return (
        _shift(pixels[..., 0].mean(axis=0), left, steps[0], length, side),
        _shift(pixels[..., 1].mean(axis=1), top, steps[1], length, side),
    )


def _shift(values: Numbers, start: float, step: float, length: float, side: int) -> float:
    """Return the shift of a wave. `start` and `step` are the positions of the values on the original."""
    centers = start + (np.arange(len(values)) + 0.5) * step
    inner = (centers > 5 * step) & (centers < side - 5 * step)
    assume(inner.sum() >= 24)  # Two complete waves
    error = (values - wave_values(centers, length))[inner]
    slope = (_AMPLITUDE * 2 * math.pi / length * np.cos(2 * math.pi / length * centers))[inner]
    return float(-(error * slope).sum() / (slope * slope).sum())


@settings(max_examples=60, deadline=None)
@given(side=st.integers(80, 600), width=st.integers(40, 200), height=st.integers(40, 200))
def test_whole_picture_is_not_shifted(side: int, width: int, height: int) -> None:
    assume(max(width, height) <= side)

    x, y = shifts(side, (0.0, 0.0, float(side), float(side)), width, height)

    assert abs(x) < 0.02 * side / width
    assert abs(y) < 0.02 * side / height


@settings(max_examples=60, deadline=None)
@given(side=st.integers(200, 600), width=st.integers(40, 90), height=st.integers(40, 90), data=st.data())
def test_box_between_pixels_is_shifted_by_less_than_half_a_pixel(
    side: int, width: int, height: int, data: st.DataObject
) -> None:
    left, top = (data.draw(st.floats(0, side / 4)) for _ in range(2))
    right, bottom = (data.draw(st.floats(side / 2 + length / 4, side)) for length in (width, height))
    steps = (right - left) / width, (bottom - top) / height
    assume(min(steps) > 1.1)

    x, y = shifts(side, (left, top, right, bottom), width, height)

    # From this shrink on, every box has a window that begins within a quarter of a pixel.
    assert abs(x) < (0.25 if steps[0] > 2.05 else 0.55) + 0.02 * steps[0]
    assert abs(y) < (0.25 if steps[1] > 2.05 else 0.55) + 0.02 * steps[1]


@pytest.mark.parametrize("box", [(0.25, 3.5, 300.75, 227.375), (17.3, 0.0, 511.9, 400.0), (90.1, 80.2, 500.0, 511.5)])
@pytest.mark.parametrize("width", [40, 97, 160, 190])
def test_photograph_looks_like_an_exact_lanczos_filter(box: Box, width: int) -> None:
    picture = photograph(512, 512)
    height = round(width * (box[3] - box[1]) / (box[2] - box[0]))

    result = resize(as_vips(picture), Placement(box=box, width=width, height=height))

    pixels = np.frombuffer(result.to_bytes(), np.uint8).reshape(height, width, 3).transpose(2, 0, 1)
    bands = [band.convert("F").resize((width, height), Pillow.Resampling.LANCZOS, box=box) for band in picture.split()]
    exact = np.stack([np.asarray(band) for band in bands]).clip(0, 255)
    assert abs(pixels - exact).mean() < 1.5
    assert ssim(pixels.astype(np.float32), exact.astype(np.float32)) > 0.99


@settings(max_examples=150, deadline=None)
@given(width=sides, height=sides, box_width=sides, box_height=sides, position=st.sampled_from(["center", "top-left"]))
def test_result_has_the_size_of_the_placement(
    width: int, height: int, box_width: int, box_height: int, position: str
) -> None:
    rendition = Rendition(width=box_width, height=box_height, position=position)
    placement = place(width, height, rendition, max_dimension=4096)

    result = resize(Image.from_pixels(bytes(width * height), width, height, 1), placement)

    assert (result.width, result.height) == (placement.width, placement.height)
    assert len(result.to_bytes()) == placement.width * placement.height


@settings(max_examples=100, deadline=None)
@given(width=sides, height=sides, data=st.data())
def test_crop_at_whole_pixels_is_an_exact_copy(width: int, height: int, data: st.DataObject) -> None:
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    picture = photograph(300, 300).crop((0, 0, width, height))
    box = (float(left), float(top), float(right), float(bottom))

    result = resize(as_vips(picture), Placement(box=box, width=right - left, height=bottom - top))

    assert result.to_bytes() == picture.crop((left, top, right, bottom)).tobytes()


@pytest.mark.parametrize("size", [(40, 40), (100, 40), (40, 100), (99, 98)])
def test_colors_of_transparent_pixels_have_no_effect(size: tuple[int, int]) -> None:
    def resized(hidden: tuple[int, ...]) -> bytes:
        picture = Pillow.new("RGBA", (100, 100), hidden)
        ImageDraw.Draw(picture).ellipse((10, 10, 90, 90), fill=(40, 180, 60, 255))
        ImageDraw.Draw(picture).ellipse((30, 30, 70, 70), fill=(40, 180, 60, 99))
        box = (0.0, 0.0, 100.0, 100.0)
        return resize(as_vips(picture), Placement(box=box, width=size[0], height=size[1])).to_bytes()

    assert resized((255, 0, 255, 0)) == resized((0, 0, 0, 0))


@pytest.mark.parametrize("width", [50, 77, 100])
def test_thin_frame_at_the_edge_of_a_picture_stays_visible(width: int) -> None:
    picture = Pillow.new("L", (1000, 1000), 255)
    ImageDraw.Draw(picture).rectangle((0, 0, 999, 999), outline=0, width=3)

    result = resize(as_vips(picture), Placement(box=(0.0, 0.0, 1000.0, 1000.0), width=width, height=width))

    pixels = np.frombuffer(result.to_bytes(), np.uint8).reshape(width, width)
    exact = resized_exactly(picture, (width, width))[0]
    for edge in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        assert abs(pixels[edge] - exact[edge])[2:-2].max() < 20


@pytest.mark.parametrize("pixel", [(200,), (200, 128), (10, 100, 250), (10, 100, 250, 77)])
def test_picture_of_one_color_keeps_its_color(pixel: tuple[int, ...]) -> None:
    image = Image.from_pixels(bytes(pixel) * 63 * 41, 63, 41, len(pixel))

    result = resize(image, Placement(box=(1.3, 0.0, 60.2, 40.6), width=17, height=23))

    output = np.frombuffer(result.to_bytes(), np.uint8).reshape(-1, len(pixel)).astype(int)
    # Premultiplied colors are rounded to 8 bits.
    assert abs(output - pixel).max() <= 2


@given(size=st.integers(1, 4096), original=st.integers(1, 262_144))
def test_window_of_a_whole_side_is_the_whole_side(size: int, original: int) -> None:
    assume(size <= original)

    window = _find_window(0.0, original / size, size)

    assert tuple(window) == (0, original, size, 0)


@given(start=st.floats(0, 10_000), shrink=shrinks, size=st.integers(1, 4096))
def test_window_gives_the_size_and_begins_near_the_start(start: float, shrink: float, size: int) -> None:
    window = _find_window(start, shrink, size)

    # libvips rounds the quotient.
    assert abs(window.length / shrink - window.resized) < 0.5
    assert size <= window.resized <= size + 8
    assert window.skipped in (0, window.resized - size)
    middle = window.start + window.length / 2
    begin = middle - window.resized * shrink / 2 + window.skipped * shrink
    assert abs(begin - start) <= (0.25 if shrink > 2.05 else 0.75) + 1e-6 * size
