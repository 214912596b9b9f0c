"""The decoded and resized frames of a picture, between the decoder and the encoder."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """The complete, upright frames of a picture. A still picture is an animation of one frame."""

    frames: "list[Image.Image]"
    """The frames, which have the same size, the same mode, and no metadata."""
    durations: list[float]
    """The milliseconds for which each frame is visible."""
    loop_count: int
    """The number of times the animation plays; 0 means that it repeats endlessly."""

    @property
    def total_pixels(self) -> int:
        """The number of pixels of all frames together."""
        return self.frames[0].width * self.frames[0].height * len(self.frames)

    @property
    def has_alpha(self) -> bool:
        """Whether the frames have an alpha channel."""
        return "A" in self.frames[0].getbands()
