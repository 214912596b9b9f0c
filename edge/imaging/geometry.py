"""Which part of the original goes where: arithmetic on sizes, in pixels."""

import math
from dataclasses import dataclass
from typing import Final

from edge.rendition import Rendition

_ACROSS: Final = {"left": 0.0, "right": 1.0}
_DOWN: Final = {"top": 0.0, "bottom": 1.0}
# How a picture is stored, seen from upright, by EXIF's Orientation: mirror x, mirror y, then swap x and y.
_STORED: Final = {
    1: (False, False, False),
    2: (True, False, False),
    3: (True, True, False),
    4: (False, True, False),
    5: (False, False, True),
    6: (True, False, True),
    7: (True, True, True),
    8: (False, True, True),
}

Size = tuple[int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The part of the original that is kept, and the size that it gets."""

    box: Box
    width: int
    height: int

    @property
    def shrink(self) -> float:
        """How many pixels of the original become one, along the side where it is fewer."""
        left, top, right, bottom = self.box
        return min((right - left) / self.width, (bottom - top) / self.height)

    def as_stored(self, original: Size, orientation: int) -> "Placement":
        """The same part of the picture as it lies in the file. `original` is its upright size."""
        mirror_x, mirror_y, swap = _STORED[orientation]
        left, top, right, bottom = self.box
        if mirror_x:
            left, right = original[0] - right, original[0] - left
        if mirror_y:
            top, bottom = original[1] - bottom, original[1] - top
        if swap:
            return Placement(box=(top, left, bottom, right), width=self.height, height=self.width)
        return Placement(box=(left, top, right, bottom), width=self.width, height=self.height)

    def decoded_at(self, x: float, y: float) -> "Placement":
        """For an original that is decoded at these fractions of its width and height."""
        left, top, right, bottom = self.box
        return Placement(box=(left * x, top * y, right * x, bottom * y), width=self.width, height=self.height)


def upright(size: Size, orientation: int) -> Size:
    """The size that viewers see, of a picture stored with this EXIF orientation."""
    return (size[1], size[0]) if _STORED[orientation][2] else size


def place(width: int, height: int, rendition: Rendition, *, max_dimension: int) -> Placement:
    """For an original of width x height, upright; never larger than it, and no side beyond max_dimension."""
    original, whole = (width, height), (0.0, 0.0, float(width), float(height))
    most_wide = min(rendition.width or max_dimension, max_dimension)
    most_high = min(rendition.height or max_dimension, max_dimension)
    if rendition.width is None or rendition.height is None or rendition.fit == "contain":
        size = _within((most_wide, most_high), original)
        return Placement(box=whole, width=size[0], height=size[1])
    # Both sides are wanted exactly. A box that the original cannot fill shrinks, and keeps its own ratio.
    size = _within(original, (most_wide, most_high))
    box = whole if rendition.fit == "fill" else _crop(original, size, rendition.position)
    return Placement(box=box, width=size[0], height=size[1])


def draft(width: int, height: int, *, shrink: float, max_pixels: int) -> tuple[int, int]:
    """The size at which to decode a JPEG, which can be decoded at a half, a quarter or an eighth.

    One and a half times as large as needed: less softens the result, and at 2.0 three times more is often decoded. Not
    even that where it would be more than max_pixels.
    """
    size = width, height
    for margin in (1.5, 1.0):
        scale = max(scale for scale in (1, 2, 4, 8) if scale <= max(1.0, shrink / margin))
        size = max(1, width // scale), max(1, height // scale)
        if size[0] * size[1] <= max_pixels:
            break
    return size


def _within(limit: Size, size: Size) -> Size:
    """The largest size with the ratio of `size` that exceeds neither. In whole numbers: floats miss exact halves."""
    (most_wide, most_high), (width, height) = limit, size
    if width <= most_wide and height <= most_high:
        return size
    if width * most_high >= height * most_wide:
        return most_wide, _nearest(height * most_wide, width)
    return _nearest(width * most_high, height), most_high


def _nearest(numerator: int, denominator: int) -> int:
    """To the nearest pixel, half up; nothing disappears."""
    return max(1, (2 * numerator + denominator) // (2 * denominator))


def _crop(original: Size, size: Size, position: str) -> Box:
    """The largest part of the original that has the size's ratio, where `position` wants it."""
    width, height = original
    words = position.split("-")
    across = next((_ACROSS[word] for word in words if word in _ACROSS), 0.5)
    down = next((_DOWN[word] for word in words if word in _DOWN), 0.5)
    left, right = _kept(width, height * size[0] / size[1], across)
    top, bottom = _kept(height, width * size[1] / size[0], down)
    return left, top, right, bottom


def _kept(side: int, wanted: float, where: float) -> tuple[float, float]:
    """Start and end of what is kept of one side."""
    length = min(float(side), wanted)
    start = (side - length) * where
    if length.is_integer():
        start = float(math.floor(start))  # what is only cropped must stay on the grid: half a pixel beside it, it blurs
    return start, min(start + length, float(side))
