"""Encode frames in one format at one quality. This module does not import Pillow; it only uses Pillow's objects."""

import io
import zlib
from typing import TYPE_CHECKING, Any, Final

from edge.imaging.animation import Animation

if TYPE_CHECKING:
    from PIL import Image

QUALITY: Final = {"jpeg": 80, "webp": 75, "avif": 56}
"""The default quality of each lossy format. The three qualities look equal: docs/decisions/15-default-qualities.md."""
AVIF_MAX_PIXELS: Final = 4_000_000
"""The maximum number of pixels of an AVIF, all frames together.

A larger picture becomes a WebP, because encoding an AVIF would take too long.
"""
GIF_MAX_DURATION: Final = 655_350
"""The maximum duration of one GIF frame, in milliseconds.

Pillow merges identical frames, so the limit applies to the sum of all durations.
"""

_LARGE: Final = 1_000_000
"""The number of pixels above which the encoders use faster settings, because a viewer waits for the rendition."""
_AVIF_SPEEDS: Final = ((250_000, 6), (500_000, 7), (1_000_000, 8), (AVIF_MAX_PIXELS, 9))
"""The speed of the AVIF encoder for pictures of at most this number of pixels, as pairs (pixels, speed).

With these speeds, encoding takes about half a second at most.
"""
_PNG_MAX_DELAY: Final = 65_535
"""The longest delay that PNG can store in milliseconds. PNG stores a longer delay in seconds."""
_FASTOCTREE: Final = 2
"""The value of Pillow's Quantize.FASTOCTREE."""
_DISPOSE_TO_BACKGROUND: Final = 2
"""The GIF disposal method that clears a frame before the next frame is drawn."""


def encode(animation: Animation, target: str, quality: int | None) -> bytes:
    """Return the encoded file in the format `target`. `quality` is None for a lossless format."""
    frames = [_quantize(frame) for frame in animation.frames] if target == "gif" else animation.frames
    first, *others = frames
    options = _encoder_options(animation, target)
    if quality is not None:
        options["quality"] = quality
    if others:
        options |= {"save_all": True, "append_images": others, "duration": _frame_delays(animation.durations, target)}
        options |= _loop_option(animation.loop_count, target)
        if "transparency" in first.info:
            options["disposal"] = _DISPOSE_TO_BACKGROUND  # Otherwise the previous frame would stay visible.
    file = _NamedFile(target)
    first.save(file, **options)
    return file.getvalue()


def middle_strip(frame: "Image.Image") -> "Image.Image":
    """Return the middle eighth of the rows, as a sample of the whole picture."""
    top = frame.height * 7 // 16
    return frame.crop((0, top, frame.width, max(top + 1, frame.height * 9 // 16)))


class _NamedFile(io.BytesIO):
    """A file in memory with a name. Pillow imports only the plugin for the extension of the name.

    With the argument `format` instead of a name, Pillow would import five plugins.
    """

    def __init__(self, target: str) -> None:
        super().__init__()
        self.name = f"rendition.{target}"


def _encoder_options(animation: Animation, target: str) -> dict[str, Any]:
    """Return Pillow's options for a small file that does not take too long to encode."""
    pixels = animation.total_pixels
    match target:
        case "jpeg":  # Progressive encoding takes three times as long and saves 3 % of the bytes.
            return {"optimize": True, "progressive": pixels <= _LARGE, "subsampling": "4:2:0"}
        case "webp":  # Method 2 takes half the time of method 4 and needs 4 % more bytes.
            return {"method": 4 if pixels <= _LARGE else 2}
        case "avif":
            # For pictures that look equal, 4:4:4 needs no more bytes than 4:2:0 in photographs, and far fewer bytes in
            # drawings and text.
            speed = next(speed for max_pixels, speed in _AVIF_SPEEDS if pixels <= max_pixels)
            return {"speed": speed, "subsampling": "4:4:4"}
        case "png":
            # In a photograph, zlib finds few repetitions except runs. Run-length encoding takes a third of the time.
            if _is_photograph(middle_strip(animation.frames[0])):
                return {"compress_type": zlib.Z_RLE}
            return {"compress_level": 3}
        case _:
            return {}


def _is_photograph(picture: "Image.Image") -> bool:
    """Return whether the picture has more than one color per 16 pixels. A drawing has fewer colors."""
    return picture.getcolors(picture.width * picture.height // 16) is None


def _frame_delays(durations: list[float], target: str) -> list[float]:
    """Return the durations, rounded as the format requires: AVIF stores whole milliseconds, and PNG stores 16 bits."""
    if target == "avif":
        return [round(duration) for duration in durations]
    return [duration if duration <= _PNG_MAX_DELAY else round(duration, -3) for duration in durations]


def _loop_option(loop_count: int, target: str) -> dict[str, Any]:
    """Return Pillow's option `loop`, the inverse of `decode.loop_count`.

    GIF stores the number of repetitions, or no number for an animation that plays once. The other formats store the
    number of times the animation plays.
    """
    if target == "gif":
        return {} if loop_count == 1 else {"loop": max(0, loop_count - 1)}
    return {"loop": loop_count}


def _quantize(frame: "Image.Image") -> "Image.Image":
    """Return the frame with its own palette of 256 colors. If the frame has alpha, one color is transparent.

    The frame is not dithered, because dithering flickers from frame to frame and needs more bytes. The octree method
    takes a thirtieth of the time of the median cut method, and the result looks nearly the same.
    """
    opaque = frame.convert("RGB")
    if "A" not in frame.getbands():
        return opaque.quantize(method=_FASTOCTREE)
    quantized = opaque.quantize(255, method=_FASTOCTREE)
    palette = quantized.getpalette() or []
    transparent = len(palette) // 3
    quantized.putpalette([*palette, 0, 0, 0])
    quantized.paste(transparent, mask=frame.getchannel("A").point([255] * 128 + [0] * 128))
    quantized.info["transparency"] = transparent
    return quantized
