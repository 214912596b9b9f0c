"""Encode frames in one format at one quality. Pillow is not imported here: this module only handles its objects."""

import io
import zlib
from typing import TYPE_CHECKING, Any, Final

from edge.imaging.animation import Animation

if TYPE_CHECKING:
    from PIL import Image

QUALITY: Final = {"jpeg": 80, "webp": 75, "avif": 56}
"""The default quality of each lossy format. The three look equal: docs/decisions/15-default-qualities.md."""
AVIF_MAX_PIXELS: Final = 4_000_000
"""Pixels of all frames together. A larger picture takes too long to encode as AVIF, so it is encoded as WebP."""
GIF_MAX_DURATION: Final = 655_350
"""Milliseconds for which a GIF can show one frame. Pillow merges identical frames, so the sum of all may count."""

_LARGE: Final = 1_000_000
"""Pixels above which the encoders make less effort, because a viewer waits."""
_AVIF_SPEEDS: Final = ((250_000, 6), (500_000, 7), (1_000_000, 8), (AVIF_MAX_PIXELS, 9))
"""Speed of the AVIF encoder up to a number of pixels, so that encoding takes half a second at most."""
_PNG_MAX_DELAY: Final = 65_535
"""Milliseconds that PNG can store with a precision of one millisecond. A longer delay is stored in seconds."""
_FASTOCTREE: Final = 2
"""The value of Pillow's Quantize.FASTOCTREE."""
_DISPOSE_TO_BACKGROUND: Final = 2
"""The GIF disposal method that clears a frame before the next one is drawn."""


def encode(animation: Animation, target: str, quality: int | None) -> bytes:
    """Return the file in the format `target`. `quality` is None for a lossless format."""
    frames = [_quantize(frame) for frame in animation.frames] if target == "gif" else animation.frames
    first, *others = frames
    options = _encoder_options(animation, target)
    if quality is not None:
        options["quality"] = quality
    if others:
        options |= {"save_all": True, "append_images": others, "duration": _frame_delays(animation.durations, target)}
        options |= _loop_option(animation.loop_count, target)
        if "transparency" in first.info:
            options["disposal"] = _DISPOSE_TO_BACKGROUND  # Otherwise the previous frame shines through.
    file = _NamedFile(target)
    first.save(file, **options)
    return file.getvalue()


def middle_strip(frame: "Image.Image") -> "Image.Image":
    """Return the middle eighth of the rows, a sample that represents the whole picture."""
    top = frame.height * 7 // 16
    return frame.crop((0, top, frame.width, max(top + 1, frame.height * 9 // 16)))


class _NamedFile(io.BytesIO):
    """A file in memory with a name, from which Pillow selects one plugin. With a format it would import five."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.name = f"rendition.{target}"


def _encoder_options(animation: Animation, target: str) -> dict[str, Any]:
    """Return the options that save bytes within the time for which a viewer may wait."""
    pixels = animation.total_pixels
    match target:
        case "jpeg":  # Progressive encoding takes three times as long and saves 3 % of the bytes.
            return {"optimize": True, "progressive": pixels <= _LARGE, "subsampling": "4:2:0"}
        case "webp":  # Method 2 takes half the time of method 4 and needs 4 % more bytes.
            return {"method": 4 if pixels <= _LARGE else 2}
        case "avif":  # At equal looks, 4:4:4 needs no more bytes for photographs, and far fewer for drawings and text.
            speed = next(speed for max_pixels, speed in _AVIF_SPEEDS if pixels <= max_pixels)
            return {"speed": speed, "subsampling": "4:4:4"}
        case (
            "png"
        ):  # In a photograph zlib finds only runs worth encoding; run-length encoding takes a third of the time.
            if _is_photograph(middle_strip(animation.frames[0])):
                return {"compress_type": zlib.Z_RLE}
            return {"compress_level": 3}
        case _:
            return {}


def _is_photograph(picture: "Image.Image") -> bool:
    """Return whether hardly two pixels have the same color. A drawing has few colors."""
    return picture.getcolors(picture.width * picture.height // 16) is None


def _frame_delays(durations: list[float], target: str) -> list[float]:
    """Return the durations in the precision of the format: AVIF stores whole milliseconds, PNG 16 bits."""
    if target == "avif":
        return [round(duration) for duration in durations]
    return [duration if duration <= _PNG_MAX_DELAY else round(duration, -3) for duration in durations]


def _loop_option(loop_count: int, target: str) -> dict[str, Any]:
    """Return Pillow's `loop`. GIF stores the repetitions, or nothing for one play; the others store the plays."""
    if target == "gif":
        return {} if loop_count == 1 else {"loop": max(0, loop_count - 1)}
    return {"loop": loop_count}


def _quantize(frame: "Image.Image") -> "Image.Image":
    """Return the frame with a palette of its own of 256 colors, one of them transparent if the frame has alpha.

    The frame is not dithered: dithering flickers from frame to frame and needs more bytes. The octree takes a
    thirtieth of the time of the median cut and looks nearly the same.
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
