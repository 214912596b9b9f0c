"""An original whose header has been read, and whose frames can be decoded."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from edge.errors import OriginalTooLarge, Reason
from edge.imaging.geometry import Placement, Size
from edge.imaging.vips import Image

_MAX_SIDE: Final = 65_535


class Limits(NamedTuple):
    """The limits of the stack for one original."""

    max_pixels: int
    """The maximum number of pixels to decode of one frame."""
    max_frames: int
    """The maximum number of frames of an animation."""

    @property
    def max_pixels_in_memory(self) -> int:
        """The maximum number of pixels if a decoder holds the whole picture, in 14 to 17 bytes per pixel.

        The decoders of AVIF and HEIC, and Pillow, do so. The others need up to 10 bytes per pixel.
        """
        return self.max_pixels // 2


class Frame(NamedTuple):
    """A frame of an original, which a reader may have decoded at a fraction of its size."""

    image: Image
    placement: Placement
    """The placement of the rendition on the decoded pixels."""
    duration: float = 0.0
    """The milliseconds for which the frame is visible."""


class Original(NamedTuple):
    """The header of an original, as its reader has read it."""

    size: Size
    """The width and the height of each frame, as stored."""
    frame_count: int
    """The number of frames to decode, which is 1 if the rendition is a still picture."""
    decode: Callable[[Placement], Iterator[Frame]]
    """Decode the frames for a placement on the stored picture, one at a time. The pixels are calculated later."""
    orientation: int = 1
    """The EXIF orientation, 1 to 8."""
    loop_count: int = 0
    """The number of times the animation plays; 0 means that it repeats endlessly."""
    profile: bytes | None = None
    """The ICC profile."""


def check_pixel_limit(pixels: int, max_pixels: int) -> None:
    """Check the number of pixels to decode. Raises OriginalTooLarge if `pixels` exceeds `max_pixels`."""
    if pixels > max_pixels:
        raise OriginalTooLarge(
            f"The original has more than {max_pixels} pixels.",
            detail=f"{pixels} pixels must be decoded",
            reason=Reason.TOO_MANY_PIXELS,
        )


def check_sides(size: Size) -> None:
    """Check the width and the height. Raises OriginalTooLarge if a side is longer than in any JPEG.

    libvips decodes whole rows, so a very wide picture would take much memory for few pixels.
    """
    if max(size) > _MAX_SIDE:
        raise OriginalTooLarge(
            f"The original is more than {_MAX_SIDE} pixels wide or high.",
            detail=f"{size}",
            reason=Reason.TOO_MANY_PIXELS,
        )


def check_frame_limit(frames: int, max_frames: int) -> None:
    """Check the number of frames to decode. Raises OriginalTooLarge if `frames` exceeds `max_frames`."""
    if frames > max_frames:
        raise OriginalTooLarge(f"The original has more than {max_frames} frames.", reason=Reason.TOO_MANY_FRAMES)
