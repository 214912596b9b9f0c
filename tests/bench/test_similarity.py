from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.similarity import ideal_rendition, load_pixels, ssim
from conformance.pictures import encode, quadrants


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.png"
    path.write_bytes(encode(quadrants(200, 120), "PNG"))
    return path


def test_ssim_of_equal_pictures_is_one(original: Path) -> None:
    assert ssim(load_pixels(original), load_pixels(original)) == 1.0


def test_ssim_decreases_with_the_quality(original: Path, tmp_path: Path) -> None:
    similarities: list[float] = []
    for quality in (90, 50, 5):
        path = tmp_path / f"{quality}.jpeg"
        with Image.open(original) as image:
            image.save(path, quality=quality)
        similarities.append(ssim(load_pixels(path), load_pixels(original)))

    assert similarities == sorted(similarities, reverse=True)
    assert len(set(similarities)) == 3


def test_ssim_counts_differences_of_color() -> None:
    gray = np.full((3, 40, 40), 100, dtype=np.float32)
    tinted = gray.copy()
    tinted[0] += 30

    assert ssim(gray, tinted) < 0.99


def test_ideal_rendition_of_the_same_size_is_the_original(original: Path) -> None:
    assert np.array_equal(ideal_rendition(original, (200, 120)), load_pixels(original))


def test_ideal_rendition_is_not_rounded(original: Path) -> None:
    smaller = ideal_rendition(original, (67, 41))

    assert smaller.shape == (3, 41, 67)
    assert not np.array_equal(smaller, smaller.round())


def test_ssim_of_different_sizes_raises_an_error(original: Path) -> None:
    with pytest.raises(ValueError, match="compared"):
        ssim(load_pixels(original), ideal_rendition(original, (67, 41)))
