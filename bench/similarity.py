"""The similarity of two images: SSIM, with the constants of Wang, Bovik, Sheikh and Simoncelli (2004)."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float32]
"""The samples of an image, from 0 to 255. The axes are channel (red, green, blue), row and column."""

_STEP: Final = 4
"""The distance of neighboring windows, in pixels. A window is eleven pixels wide.

With a distance of one pixel, the calculation would take ten times as long.
"""
_WINDOW: Final = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
_C1: Final = (0.01 * 255) ** 2
_C2: Final = (0.03 * 255) ** 2


def load_pixels(path: Path) -> Pixels:
    """Return the pixels of a file on a white background, as a browser shows the image on a white page."""
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        foreground = image.convert("RGBA")
    background = Image.new("RGBA", foreground.size, "white")
    return _stack_bands(Image.alpha_composite(background, foreground).convert("RGB").split())


def ideal_rendition(original: Path, size: tuple[int, int]) -> Pixels:
    """Return the reference for the comparison.

    The reference is the original, decoded at full size and resized with a Lanczos-3 filter in floating point. The
    result is not rounded.
    """
    with Image.open(io.BytesIO(original.read_bytes())) as image:
        bands = image.convert("RGB").split()
    resized = [band.convert("F").resize(size, Image.Resampling.LANCZOS) for band in bands]
    return _stack_bands(resized).clip(0, 255)


def _stack_bands(bands: Iterable[Image.Image]) -> Pixels:
    return np.stack([np.asarray(band, dtype=np.float32) for band in bands])


def ssim(first: Pixels, second: Pixels) -> float:
    """Return the mean SSIM of the three channels, which also detects errors in color; 1 means equal.

    Raises ValueError if the sizes differ.
    """
    if first.shape != second.shape:
        raise ValueError(
            f"Images of the shapes {first.shape} and {second.shape} cannot be compared. Resize one of them first."
        )
    first_mean, second_mean = _blur(first), _blur(second)
    first_variance = _blur(first * first) - first_mean**2
    second_variance = _blur(second * second) - second_mean**2
    covariance = _blur(first * second) - first_mean * second_mean
    numerator = (2 * first_mean * second_mean + _C1) * (2 * covariance + _C2)
    denominator = (first_mean**2 + second_mean**2 + _C1) * (first_variance + second_variance + _C2)
    return float((numerator / denominator).mean())


def _blur(values: Pixels) -> Pixels:
    """Return the weighted mean of every window that is completely inside the image."""
    height, width = values.shape[1:]
    return _window_matrix(height) @ values @ _window_matrix(width).T


@cache
def _window_matrix(length: int) -> Pixels:
    """Return a matrix of weights for an axis of `length` pixels. Each row is for one position of the window."""
    weights = _WINDOW / _WINDOW.sum()
    last = length - len(weights)
    offsets = range(0, last + 1, _STEP)
    return np.stack([np.pad(weights, (offset, last - offset)) for offset in offsets]).astype(np.float32)
