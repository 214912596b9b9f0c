"""Which part of the original goes where: arithmetic on sizes, in upright pixels."""

import math
from dataclasses import dataclass
from typing import Final

from edge.rendition import Rendition

_ACROSS: Final = {"left": 0.0, "right": 1.0}
_DOWN: Final = {"top": 0.0, "bottom": 1.0}

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


def place(width: int, height: int, rendition: Rendition, *, max_dimension: int) -> Placement:
    """For an original of width x height; never larger than it."""
    if rendition.width and rendition.height and rendition.fit != "contain":
        # Both sides are wanted exactly. A box that the original cannot fill shrinks, and keeps its own ratio.
        scale = min(1.0, width / rendition.width, height / rendition.height)
        size = _whole(rendition.width * scale), _whole(rendition.height * scale)
        whole = (0.0, 0.0, float(width), float(height))
        box = whole if rendition.fit == "fill" else _crop(width, height, size, rendition.position)
        return Placement(box=box, width=size[0], height=size[1])
    across = min(width, max_dimension, rendition.width or max_dimension) / width
    down = min(height, max_dimension, rendition.height or max_dimension) / height
    scale = min(across, down)
    box = (0.0, 0.0, float(width), float(height))
    return Placement(box=box, width=_whole(width * scale), height=_whole(height * scale))


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


def _crop(width: int, height: int, size: tuple[int, int], position: str) -> Box:
    """The largest part of the original that has the size's ratio, where `position` wants it."""
    kept_width = min(float(width), height * size[0] / size[1])
    kept_height = min(float(height), width * size[1] / size[0])
    words = position.split("-")
    left = (width - kept_width) * next((_ACROSS[word] for word in words if word in _ACROSS), 0.5)
    top = (height - kept_height) * next((_DOWN[word] for word in words if word in _DOWN), 0.5)
    return left, top, left + kept_width, top + kept_height


def _whole(side: float) -> int:
    """To the nearest pixel, half up; nothing disappears."""
    return max(1, math.floor(side + 0.5))
