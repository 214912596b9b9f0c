from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.likeness import ideal, pixels, ssim
from conformance.pictures import encoded, quadrants


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.png"
    path.write_bytes(encoded(quadrants(200, 120), "PNG"))
    return path


def test_a_picture_is_equal_to_itself(original: Path) -> None:
    assert ssim(pixels(original), pixels(original)) == 1.0


def test_the_more_is_lost_the_less_alike_they_are(original: Path, tmp_path: Path) -> None:
    likenesses: list[float] = []
    for quality in (90, 50, 5):
        path = tmp_path / f"{quality}.jpeg"
        with Image.open(original) as image:
            image.save(path, quality=quality)
        likenesses.append(ssim(pixels(path), pixels(original)))

    assert likenesses == sorted(likenesses, reverse=True)
    assert len(set(likenesses)) == 3


def test_colour_counts() -> None:
    grey = np.full((3, 40, 40), 100, dtype=np.float32)
    tinted = grey.copy()
    tinted[0] += 30

    assert ssim(grey, tinted) < 0.99


def test_the_ideal_of_the_same_size_is_the_original(original: Path) -> None:
    assert np.array_equal(ideal(original, (200, 120)), pixels(original))


def test_the_ideal_is_not_rounded(original: Path) -> None:
    smaller = ideal(original, (67, 41))

    assert smaller.shape == (3, 41, 67)
    assert not np.array_equal(smaller, smaller.round())


def test_pictures_of_two_sizes_are_not_compared(original: Path) -> None:
    with pytest.raises(ValueError, match="compared"):
        ssim(pixels(original), ideal(original, (67, 41)))
