"""How alike a picture and its ideal are: SSIM, of Wang, Bovik, Sheikh and Simoncelli (2004), with their constants."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float32]
"""Red green blue, rows, columns; 0 to 255."""

_EVERY: Final = 4
"""Pixels from one window to the next: they are eleven wide, and all of them would take ten times as long."""
_WINDOW: Final = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
_C1: Final = (0.01 * 255) ** 2
_C2: Final = (0.03 * 255) ** 2


def pixels(file: Path) -> Pixels:
    """What a viewer sees, on white."""
    with Image.open(io.BytesIO(file.read_bytes())) as image:
        shown = image.convert("RGBA")
    ground = Image.new("RGBA", shown.size, "white")
    return _pixels(Image.alpha_composite(ground, shown).convert("RGB").split())


def ideal(original: Path, size: tuple[int, int]) -> Pixels:
    """Every pixel decoded, and resized with Lanczos's filter of three lobes in floating point: nothing is rounded."""
    with Image.open(io.BytesIO(original.read_bytes())) as image:
        bands = image.convert("RGB").split()
    resized = [band.convert("F").resize(size, Image.Resampling.LANCZOS) for band in bands]
    return _pixels(resized).clip(0, 255)


def _pixels(bands: Iterable[Image.Image]) -> Pixels:
    return np.stack([np.asarray(band, dtype=np.float32) for band in bands])


def ssim(one: Pixels, other: Pixels) -> float:
    """Mean over the three colours, so that what becomes of colour counts; 1 is equal. ValueError if sizes differ."""
    if one.shape != other.shape:
        raise ValueError(f"{one.shape} is compared with {other.shape}")
    mean_one, mean_other = _blurred(one), _blurred(other)
    variance_one = _blurred(one * one) - mean_one**2
    variance_other = _blurred(other * other) - mean_other**2
    covariance = _blurred(one * other) - mean_one * mean_other
    above = (2 * mean_one * mean_other + _C1) * (2 * covariance + _C2)
    below = (mean_one**2 + mean_other**2 + _C1) * (variance_one + variance_other + _C2)
    return float((above / below).mean())


def _blurred(values: Pixels) -> Pixels:
    """Only where the whole window lies inside."""
    height, width = values.shape[1:]
    return _sliding(height) @ values @ _sliding(width).T


@cache
def _sliding(length: int) -> Pixels:
    """A row for each place of the window."""
    weights = _WINDOW / _WINDOW.sum()
    last = length - len(weights)
    places = range(0, last + 1, _EVERY)
    return np.stack([np.pad(weights, (place, last - place)) for place in places]).astype(np.float32)
