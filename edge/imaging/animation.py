"""The decoded and resized frames of a picture, between the decoder and the encoder."""

from typing import NamedTuple

from edge.imaging.vips import Image


class Animation(NamedTuple):
    """The complete, upright frames of a picture. A still picture is an animation of one frame."""

    frames: list[Image]
    """The frames in memory, which have the same size and the same channels."""
    durations: list[int]
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
        return self.frames[0].has_alpha
