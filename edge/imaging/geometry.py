"""Calculate the part of an original that a rendition shows, and the size of the rendition. All sizes are in pixels."""

import math
from typing import Final, NamedTuple

from edge.rendition import Rendition

_HORIZONTAL: Final = {"left": 0.0, "right": 1.0}
_VERTICAL: Final = {"top": 0.0, "bottom": 1.0}
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
"""The steps from the upright to the stored picture, for each EXIF orientation: mirror x, mirror y, swap x and y."""

Size = tuple[int, int]
"""The width and the height."""
Box = tuple[float, float, float, float]
"""The left, top, right and bottom edge."""


class Placement(NamedTuple):
    """The part of the original that the rendition shows, and the size of the rendition."""

    box: Box
    """The left, top, right and bottom edge of this part, in pixels of the original."""
    width: int
    height: int

    @property
    def reduction(self) -> float:
        """The number of pixels of the original per pixel of the rendition, along the side that shrinks less."""
        left, top, right, bottom = self.box
        return min((right - left) / self.width, (bottom - top) / self.height)

    def as_stored(self, original: Size, orientation: int) -> "Placement":
        """Return the placement on the stored picture, which can be mirrored or turned.

        `original` is the upright size of the picture.
        """
        mirror_x, mirror_y, swap = _STORED[orientation]
        left, top, right, bottom = self.box
        if mirror_x:
            left, right = original[0] - right, original[0] - left
        if mirror_y:
            top, bottom = original[1] - bottom, original[1] - top
        if swap:
            return Placement(box=(top, left, bottom, right), width=self.height, height=self.width)
        return Placement(box=(left, top, right, bottom), width=self.width, height=self.height)

    def scaled_by(self, x: float, y: float) -> "Placement":
        """Return the placement on the original after its width is multiplied by `x` and its height by `y`."""
        left, top, right, bottom = self.box
        return Placement(box=(left * x, top * y, right * x, bottom * y), width=self.width, height=self.height)


def upright_size(size: Size, orientation: int) -> Size:
    """Return the width and height of a picture after its EXIF orientation is applied."""
    return (size[1], size[0]) if _STORED[orientation][2] else size


def place(width: int, height: int, rendition: Rendition, *, max_dimension: int) -> Placement:
    """Return the placement of a rendition on an upright original of this width and height.

    A rendition is never larger than the original, and none of its sides exceeds `max_dimension`.
    """
    original, whole = (width, height), (0.0, 0.0, float(width), float(height))
    max_width = min(rendition.width or max_dimension, max_dimension)
    max_height = min(rendition.height or max_dimension, max_dimension)
    if rendition.width is None or rendition.height is None or rendition.fit == "contain":
        size = _scale_to_fit(original, within=(max_width, max_height))
        return Placement(box=whole, width=size[0], height=size[1])
    # With `cover` and `fill`, the rendition has the requested size. If the original is smaller, the rendition shrinks
    # and keeps the requested ratio.
    size = _scale_to_fit((max_width, max_height), within=original)
    box = whole if rendition.fit == "fill" else _crop_box(original, size, rendition.position)
    return Placement(box=box, width=size[0], height=size[1])


def jpeg_shrink(width: int, height: int, *, reduction: float, max_pixels: int) -> int:
    """Return the divisor at which to decode a JPEG of this width and height: 1, 2, 4 or 8.

    If the original is large enough, each decoded side is at least 1.5 times as long as the side of the rendition. A
    smaller margin makes the result softer, and a margin of 2 often decodes four times as many pixels. If the decoded
    picture would have more than `max_pixels`, a margin of 1 is enough.
    """
    shrink = 1
    for margin in (1.5, 1.0):
        shrink = max(shrink for shrink in (1, 2, 4, 8) if shrink <= max(1.0, reduction / margin))
        if (width // shrink) * (height // shrink) <= max_pixels:
            break
    return shrink


def _scale_to_fit(size: Size, *, within: Size) -> Size:
    """Return the largest size with the ratio of `size` that exceeds neither `size` nor `within`.

    The calculation uses whole numbers, because floats do not round exact halves reliably.
    """
    (max_width, max_height), (width, height) = within, size
    if width <= max_width and height <= max_height:
        return size
    if width * max_height >= height * max_width:
        return max_width, _divide_rounded(height * max_width, width)
    return _divide_rounded(width * max_height, height), max_height


def _divide_rounded(numerator: int, denominator: int) -> int:
    """Return the quotient, rounded to the nearest whole number, halves up. The minimum is 1: no side can be 0."""
    return max(1, (2 * numerator + denominator) // (2 * denominator))


def _crop_box(original: Size, size: Size, position: str) -> Box:
    """Return the largest part of the original that has the ratio of `size`, at `position` in the original."""
    width, height = original
    words = position.split("-")
    horizontal = next((_HORIZONTAL[word] for word in words if word in _HORIZONTAL), 0.5)
    vertical = next((_VERTICAL[word] for word in words if word in _VERTICAL), 0.5)
    left, right = _crop_side(width, height * size[0] / size[1], horizontal)
    top, bottom = _crop_side(height, width * size[1] / size[0], vertical)
    return left, top, right, bottom


def _crop_side(side: int, length: float, position: float) -> tuple[float, float]:
    """Return the start and the end of the part of a side that `cover` keeps.

    `position` is 0 for a part at the start of the side, and 1 for a part at the end.
    """
    length = min(float(side), length)
    start = (side - length) * position
    if length.is_integer():
        # A crop without a resize must start at a whole pixel: an offset of half a pixel would blur the picture.
        start = float(math.floor(start))
    return start, min(start + length, float(side))
