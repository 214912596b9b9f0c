"""Encode frames in one format at one quality."""

from typing import Final

from common.contract import DEFAULT_QUALITIES
from edge.imaging import apng
from edge.imaging.animation import Animation
from edge.imaging.vips import Image

QUALITY: Final = DEFAULT_QUALITIES
"""The default quality of each lossy format."""
AVIF_MAX_PIXELS: Final = 4_000_000
"""The maximum number of pixels of an AVIF. A larger picture becomes a WebP, because an AVIF would take too long."""

_AVIF_EFFORTS: Final = ((100_000, 3), (500_000, 2), (1_000_000, 1), (AVIF_MAX_PIXELS, 0))
"""The effort of the AVIF encoder for pictures of at most this number of pixels, as pairs (pixels, effort).

With these efforts, encoding takes about half a second at most.
"""
_JPEG_LARGE: Final = 300_000
"""The number of pixels above which the Huffman codes of a JPEG are not optimized: in half the time, 2 % more bytes."""
_WEBP_LARGE: Final = 60_000
"""The number of pixels above which WebP is encoded with less effort: in half the time, with 3 % more bytes."""
_PNG_SAMPLE: Final = (8, 64)
"""The number of rows, and of pixels in each of these rows, whose colors decide the strategy for a PNG."""
_PNG_FEW_COLORS: Final = 4
"""The number of sampled pixels per color in a drawing. In a photograph, nearly every pixel has its own color."""
_PNG_DRAWING: Final = {"compression": 6, "filter": "none"}
"""The options for a picture whose colors repeat."""
_PNG_PHOTOGRAPH: Final = {"compression": 2, "filter": "up"}
"""The options for a picture whose neighboring pixels are similar but not equal.

The filter `paeth` needs 5 % fewer bytes, and encoding takes 15 % more time."""


def encode(animation: Animation, target: str, quality: int | None) -> bytes:
    """Return the encoded file in the format `target`. `quality` is None for a lossless format."""
    if target == "png":
        return _encode_png(animation)
    image = _join(animation)
    match target:
        case "jpeg":
            # The quantization table 3, by N. Robidoux, takes 7 % fewer bytes than the table of the standard for
            # pictures of equal SSIM. Progressive encoding would save 2 %, in two to three times the time.
            is_optimized = animation.total_pixels <= _JPEG_LARGE
            return image.save(
                "jpegsave_target", Q=quality, optimize_coding=is_optimized, quant_table=3, subsample_mode="on"
            )
        case "webp":
            effort = 4 if animation.total_pixels <= _WEBP_LARGE else 2
            return image.save("webpsave_target", Q=quality, effort=effort)
        case "avif":
            # For pictures that look equal, 4:4:4 needs no more bytes than 4:2:0 in photographs, and far fewer bytes in
            # drawings and text.
            effort = next(effort for pixels, effort in _AVIF_EFFORTS if animation.total_pixels <= pixels)
            return image.save(
                "heifsave_target",
                Q=quality,
                effort=effort,
                compression="av1",
                bitdepth=8,
                subsample_mode="off",
                tune="iq",
            )
        case _:
            # Dithering flickers from frame to frame, and needs more bytes.
            return image.save("gifsave_target", dither=0.0, effort=1)


def _join(animation: Animation) -> Image:
    """Return one image of all frames, as the savers of libvips require."""
    first, *others = animation.frames
    if not others:
        return first
    joined = Image.join_frames(animation.frames)
    joined.set("delay", animation.durations)
    joined.set("loop", animation.loop_count)
    return joined


def _encode_png(animation: Animation) -> bytes:
    """Return a PNG, or an animated PNG."""
    options = _PNG_PHOTOGRAPH if _is_photograph(animation.frames[0]) else _PNG_DRAWING
    frames = [frame.save("pngsave_target", **options) for frame in animation.frames]
    return apng.join_frames(frames, animation.durations, animation.loop_count) if len(frames) > 1 else frames[0]


def _is_photograph(frame: Image) -> bool:
    """Return whether pixels of the whole picture have many colors."""
    row_count, pixel_count = _PNG_SAMPLE
    width, height, bands = frame.width, frame.height, frame.bands
    step = max(1, width // pixel_count) * bands
    pixels: list[bytes] = []
    for number in range(row_count):
        row = frame.to_bytes(height * number // row_count, 1)
        pixels += [row[offset : offset + bands] for offset in range(0, len(row), step)]
    return len(set(pixels)) * _PNG_FEW_COLORS > len(pixels)
