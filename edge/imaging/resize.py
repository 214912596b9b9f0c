"""Crop and resize an image to the exact part and size of a placement."""

from typing import Final, NamedTuple

from edge.imaging.geometry import Placement
from edge.imaging.vips import Image

_KERNEL: Final = "lanczos3"
_GAP: Final = 2.0
"""libvips first averages whole blocks of pixels, until the image is at least twice as large as the result.

With a gap of 3, the SSIM of a large PNG grows from 0.9964 to 0.9990, and its rendition takes 15 % more time.
"""
_MAX_EXTRA: Final = 8
"""The maximum number of pixels that a side is resized to and cropped from, so that the result starts exactly."""
_ACCEPTED_ERROR: Final = 0.06
"""Twice the distance, in pixels of the result, by which the result may be shifted. A larger shift lowers the SSIM."""
_ROUNDING: Final = 0.49
"""libvips rounds the number of resized pixels. A range may be longer or shorter by less than half a resized pixel."""
_SAME_SIZE: Final = 1e-6


class _Window(NamedTuple):
    """A range of whole pixels of one side of an image, and the part of its resized pixels that is the result."""

    start: int
    """The first pixel. Negative if the range begins before the image."""
    length: int
    resized: int
    """The number of pixels to which the range is resized."""
    skipped: int
    """The number of resized pixels before the result."""


def resize(image: Image, placement: Placement) -> Image:
    """Return the part of the image in the placement's box, resized to the placement's size.

    libvips resizes whole pixels around the middle of an image. But a box may begin and end between two pixels, after a
    crop and above all in a JPEG that was decoded at a fraction of its size. The image is therefore extended by a few
    pixels, so that its middle is where libvips resizes the box, and the surplus of the result is cropped.
    """
    left, top, right, bottom = placement.box
    x_shrink, y_shrink = (right - left) / placement.width, (bottom - top) / placement.height
    columns = _find_window(left, x_shrink, placement.width)
    rows = _find_window(top, y_shrink, placement.height)
    image = _extend(image, columns, rows)
    has_alpha = image.has_alpha and (rows.length, columns.length) != (rows.resized, columns.resized)
    if has_alpha:  # Otherwise the hidden colors of transparent pixels would bleed into visible pixels.
        image = _round(image.apply("premultiply"))
    if rows.length != rows.resized:
        image = image.apply("reducev", vshrink=y_shrink, kernel=_KERNEL, gap=_GAP)
    if columns.length != columns.resized:
        image = image.apply("reduceh", hshrink=x_shrink, kernel=_KERNEL, gap=_GAP)
    if (rows.resized, columns.resized) != (placement.height, placement.width):
        image = image.crop(columns.skipped, rows.skipped, placement.width, placement.height)
    return _round(image.apply("unpremultiply")) if has_alpha else image


def _find_window(start: float, shrink: float, size: int) -> _Window:
    """Return the window whose resized pixels begin nearest to `start`, in pixels of the image.

    libvips reduces a range of whole pixels to n pixels, and both have the same middle. If d more pixels than `size` are
    calculated, all of them on one side of the result, the middle of the range must be at
    start + (size + d) * shrink / 2. The range can only come near to this, and the window is the one that comes nearest.
    """
    if abs(shrink - 1) < _SAME_SIZE:
        return _Window(start=round(start), length=size, resized=size, skipped=0)
    best, least_error = _Window(start=round(start), length=round(size * shrink), resized=size, skipped=0), 2.0
    for extra in sorted(range(-_MAX_EXTRA, _MAX_EXTRA + 1), key=abs):
        ends = 2 * start + (size + extra) * shrink  # the sum of the first and the last edge
        error = abs(ends - round(ends))
        resized = size + abs(extra)
        length = round(resized * shrink)
        if (length - round(ends)) % 2:  # An edge would be in the middle of a pixel.
            length += 1 if resized * shrink > length else -1
        if error < least_error and abs(length / shrink - resized) < _ROUNDING:
            first = (round(ends) - length) // 2
            best = _Window(start=first, length=length, resized=resized, skipped=max(0, -extra))
            least_error = error
        if least_error <= _ACCEPTED_ERROR * shrink:
            break
    return best


def _extend(image: Image, columns: _Window, rows: _Window) -> Image:
    """Return the pixels of both windows. Outside the image, they repeat the pixels of its edge."""
    left, right = max(0, columns.start), min(image.width, columns.start + columns.length)
    top, bottom = max(0, rows.start), min(image.height, rows.start + rows.length)
    if (right - left, bottom - top) != (image.width, image.height):
        image = image.crop(left, top, right - left, bottom - top)
    if (image.width, image.height) == (columns.length, rows.length):
        return image
    return image.apply(
        "embed",
        x=left - columns.start,
        y=top - rows.start,
        width=columns.length,
        height=rows.length,
        extend="copy",
    )


def _round(image: Image) -> Image:
    """Return an image of floats as an image of 8-bit pixels."""
    return image.apply("linear", a=[1.0], b=[0.5], uchar=True)
