"""Encode a rendition so that it fits into one response: at a lower quality, or in a lossy format."""

import math
from typing import Final, NamedTuple

from edge.imaging.animation import Animation
from edge.imaging.encode import AVIF_MAX_PIXELS, QUALITY, encode
from edge.outcome import Adjustment

_MIN_QUALITY: Final = {"jpeg": 45, "webp": 35, "avif": 40}
"""The minimum quality of each lossy format. At a lower quality, a picture no longer looks right."""
_HALVING_STEP: Final = {"jpeg": 35, "webp": 40, "avif": 18}
"""The quality points that halve the bytes, measured below the default quality.

Above the default quality, fewer points halve the bytes.
"""
_ESTIMATE_ERROR: Final = 10
"""The quality points by which an estimate may be wrong."""
_SAFETY_MARGIN: Final = 4
"""The quality points that are subtracted from an estimate, so that two attempts are usually enough."""


class Encoded(NamedTuple):
    """The result of one attempt, or of all attempts."""

    body: bytes
    format: str
    quality: int | None
    """The quality of the encoder; None for a lossless format."""
    adjustment: Adjustment
    """The result of the attempts: AS_REQUESTED, QUALITY_REDUCED, FORMAT_CHANGED or TOO_LARGE."""
    attempts: int = 1
    """The number of times that the frames were encoded."""


def encode_within_limit(
    animation: Animation, target: str, *, is_explicit: bool, quality: int | None, max_body: int
) -> Encoded:
    """Return the result of the first attempt that has at most `max_body` bytes.

    The attempts are the requested quality, a lower quality, and a lossy format. If no attempt fits, the adjustment is
    TOO_LARGE, and the body has the requested quality and the last of the attempted formats. If the viewer requested the
    format by name (`is_explicit`), the format does not change because of the number of bytes.
    """
    first, *fallbacks = _candidate_formats(animation, target, is_explicit=is_explicit, max_body=max_body)
    encoded = _encode_in_format(animation, first, quality, max_body)
    for kind in fallbacks:
        if encoded.adjustment is Adjustment.TOO_LARGE:
            previous = encoded.attempts
            encoded = _encode_in_format(animation, kind, quality, max_body)
            encoded = encoded._replace(attempts=encoded.attempts + previous)
    if encoded.adjustment is not Adjustment.TOO_LARGE and encoded.format != target:
        return encoded._replace(adjustment=Adjustment.FORMAT_CHANGED)
    return encoded


def _reduce_quality(animation: Animation, first: Encoded, max_body: int) -> Encoded:
    """Encode at the highest quality that is likely to fit.

    If no acceptable quality is likely to fit, return `first` with the adjustment TOO_LARGE.
    """
    quality, body, attempts = first.quality, first.body, first.attempts
    while len(body) > max_body:
        excess = len(body) / max_body
        if quality is None or not _can_fit(quality, first.format, excess):
            return first._replace(adjustment=Adjustment.TOO_LARGE, attempts=attempts)
        quality = _next_quality(quality, first.format, excess)
        body = encode(animation, first.format, quality)
        attempts += 1
    return first._replace(body=body, quality=quality, adjustment=Adjustment.QUALITY_REDUCED, attempts=attempts)


def _is_png_far_too_large(animation: Animation, max_body: int) -> bool:
    """Return whether a still PNG would have more than twice `max_body` bytes, estimated from a strip of the picture.

    Encoding the whole picture can take seconds.
    """
    if len(animation.frames) > 1 or animation.total_pixels < max_body // 4:
        return False
    first = animation.frames[0]
    rows = max(1, first.height // 8)
    strip = first.crop(0, (first.height - rows) // 2, first.width, rows)
    size = len(encode(animation._replace(frames=[strip]), "png", None))
    return size * first.height // rows > 2 * max_body


def _candidate_formats(animation: Animation, target: str, *, is_explicit: bool, max_body: int) -> list[str]:
    """Return the formats to try, in order.

    A lossless target that the viewer did not request by name falls back to a lossy format, whose quality can be
    reduced.
    """
    if target == "avif" and (len(animation.frames) > 1 or animation.total_pixels > AVIF_MAX_PIXELS):
        return ["webp"]  # libvips writes only AVIF of one frame, and a large AVIF would take too long.
    if is_explicit or target in QUALITY:
        return [target]
    is_opaque_still = len(animation.frames) == 1 and not animation.has_alpha
    lossy = "jpeg" if is_opaque_still else "webp"
    return [lossy] if target == "png" and _is_png_far_too_large(animation, max_body) else [target, lossy]


def _encode_in_format(animation: Animation, kind: str, quality: int | None, max_body: int) -> Encoded:
    """Encode at the requested quality, and at a lower quality if the result is too large.

    If no quality fits, return the result at the requested quality. `quality` is None for the default of the format.
    """
    quality = (quality or QUALITY[kind]) if kind in QUALITY else None
    body = encode(animation, kind, quality)
    first = Encoded(body=body, format=kind, quality=quality, adjustment=Adjustment.AS_REQUESTED)
    return first if len(body) <= max_body else _reduce_quality(animation, first, max_body)


def _can_fit(quality: int, kind: str, excess: float) -> bool:
    """Return whether a lower quality is allowed and likely to fit.

    `excess` is the number of bytes at `quality`, divided by the limit.
    """
    estimate = quality - _HALVING_STEP[kind] * math.log2(excess)
    return quality > _MIN_QUALITY[kind] and estimate >= _MIN_QUALITY[kind] - _ESTIMATE_ERROR


def _next_quality(quality: int, kind: str, excess: float) -> int:
    """Return the quality that is likely to fit. At `quality`, the body has `excess` times the allowed bytes."""
    return max(_MIN_QUALITY[kind], quality - _SAFETY_MARGIN - round(_HALVING_STEP[kind] * math.log2(excess)))
