"""Frames in, bytes of one format out, small enough for one answer."""

import io
import math
import time
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from edge.imaging.formats import CONTENT_TYPES

if TYPE_CHECKING:
    from PIL import Image

# Equal to the eye, as docs/decisions/15-default-qualities.md measures it.
QUALITY: Final = {"jpeg": 80, "webp": 75, "avif": 56}
_FLOOR: Final = {"jpeg": 45, "webp": 35, "avif": 38}
"""Below it a picture no longer looks right; what is still too big then is not for this way."""
_LOSSLESS: Final = ("png", "gif")
_HALVING: Final = {"jpeg": 35, "webp": 40, "avif": 21}
"""Points of quality that halve the bytes; measured below the default, above it fewer do."""
_LARGE: Final = 1_000_000
"""Pixels, from where less effort is made: a viewer waits."""
_AVIF_SPEEDS: Final = ((250_000, 6), (500_000, 7), (1_000_000, 8), (4_000_000, 9))
"""Up to so many pixels: it takes half a second at most. What is larger is encoded as WebP."""
_GIF_LONGEST: Final = 655_350
"""Milliseconds that a GIF's frame can be shown; Pillow makes one of frames that are alike."""
_OCTREE: Final = 2
"""Pillow's Quantize.FASTOCTREE; here frames are only handled, Pillow is not imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A rendition, encoded."""

    body: bytes
    content_type: str
    width: int
    height: int
    quality: int | None
    """The one that was used; None for lossless formats."""
    way: str
    """How it came to fit: "" as it was asked for, "lowered", "converted"; or "stored", it does not."""
    timings: dict[str, float]
    """Milliseconds by phase, all frames together."""


@dataclass(slots=True)
class Clock:
    """Where the time went."""

    timings: dict[str, float] = field(default_factory=dict[str, float])
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        """What has passed since the last one belongs to `phase`."""
        now = time.perf_counter()
        self.timings[phase] = round(self.timings.get(phase, 0.0) + (now - self._last) * 1000, 1)
        self._last = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """What plays: the frames as they look, not as they are stored. A still has one."""

    frames: "list[Image.Image]"
    """Of one size and one mode, and without metadata."""
    durations: list[float]
    """Milliseconds."""
    plays: int
    """0 is for ever."""

    @property
    def area(self) -> int:
        """Pixels of all frames together."""
        return self.frames[0].width * self.frames[0].height * len(self.frames)


def fitting(
    animation: Animation, target: str, *, explicit: bool, quality: int | None, max_body: int, clock: Clock
) -> Rendered:
    """At the quality asked for, or at a lower one that fits, or in a lossy format; else too large, as it was asked for.

    `explicit` is a format that a viewer named: what does not fit in it is not converted.
    """
    first, *others = _formats(animation, target, explicit=explicit, max_body=max_body)
    result = _attempt(animation, first, quality, max_body, clock)
    for kind in others:
        if result.way == "stored":
            result = _attempt(animation, kind, quality, max_body, clock)
    if result.way != "stored" and result.content_type != CONTENT_TYPES[target]:
        result = replace(result, way="converted")
    return result


def _attempt(animation: Animation, kind: str, quality: int | None, max_body: int, clock: Clock) -> Rendered:
    body, used, way = _lowered(animation, kind, quality, max_body)
    clock.lap("encode")
    width, height = animation.frames[0].size
    return Rendered(
        body=body,
        content_type=CONTENT_TYPES[kind],
        width=width,
        height=height,
        quality=used,
        way=way,
        timings=clock.timings,
    )


def _formats(animation: Animation, target: str, *, explicit: bool, max_body: int) -> list[str]:
    """To be tried in turn: what has no quality to lower comes as what has, if nobody insists on it."""
    if target == "avif" and animation.area > _AVIF_SPEEDS[-1][0]:
        return ["webp"]
    if target == "gif" and sum(animation.durations) > _GIF_LONGEST:
        return ["webp"]
    if explicit or target not in _LOSSLESS:
        return [target]
    opaque = len(animation.frames) == 1 and "A" not in animation.frames[0].getbands()
    lossy = "jpeg" if opaque else "webp"
    return [lossy] if target == "png" and _hopeless(animation, max_body) else [target, lossy]


def _hopeless(animation: Animation, max_body: int) -> bool:
    """Whether a PNG would be more than twice too big, judged by a strip of a still: to encode all can take seconds."""
    if len(animation.frames) > 1 or animation.area < max_body // 4:
        return False
    strip = replace(animation, frames=[_strip(animation)])
    return len(_encoded(strip, "png", None)) * 8 > 2 * max_body


def _strip(animation: Animation) -> "Image.Image":
    """The middle eighth, which tells much about the rest."""
    frame = animation.frames[0]
    top = frame.height * 7 // 16
    return frame.crop((0, top, frame.width, max(top + 1, frame.height * 9 // 16)))


def _lowered(animation: Animation, kind: str, quality: int | None, max_body: int) -> tuple[bytes, int | None, str]:
    """At the highest quality that is likely to fit; that quality, if there is one; and the way.

    Where the floor would not do, the first attempt, which is as good as it was asked for.
    """
    quality = (quality or QUALITY[kind]) if kind in QUALITY else None
    body = asked = _encoded(animation, kind, quality)
    if len(asked) <= max_body:
        return asked, quality, ""
    lower = quality
    while lower is not None and len(body) > max_body and _may_fit(lower, kind, len(body) / max_body):
        lower = _lower(lower, kind, len(body) / max_body)
        body = _encoded(animation, kind, lower)
    return (body, lower, "lowered") if len(body) <= max_body else (asked, quality, "stored")


def _may_fit(quality: int, kind: str, excess: float) -> bool:
    """Whether the floor is still ahead, and likely to do; the estimate may be ten points out."""
    return quality > _FLOOR[kind] and quality - _HALVING[kind] * math.log2(excess) >= _FLOOR[kind] - 10


def _lower(quality: int, kind: str, excess: float) -> int:
    """What should fit, when `quality` gave `excess` times too many bytes; a little less, to encode only twice."""
    return max(_FLOOR[kind], quality - 4 - round(_HALVING[kind] * math.log2(excess)))


def _encoded(animation: Animation, target: str, quality: int | None) -> bytes:
    first, *others = [_paletted(frame) for frame in animation.frames] if target == "gif" else animation.frames
    options = _effort(target, animation)
    if quality is not None:
        options["quality"] = quality
    if others:
        options |= {"save_all": True, "append_images": others, "duration": _delays(animation.durations, target)}
        options |= _loop(animation.plays, target)
        if "transparency" in first.info:
            options["disposal"] = 2  # else the frame before shines through
    file = _File(target)
    first.save(file, **options)
    return file.getvalue()


class _File(io.BytesIO):
    """Has a name, by which Pillow finds the one plugin; told the format, it would import five."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.name = f"rendition.{target}"


def _effort(target: str, animation: Animation) -> dict[str, Any]:
    """What saves bytes for as long as a viewer may wait."""
    area = animation.area
    match target:
        case "jpeg":  # progressive takes three times as long, for 3 % less
            return {"optimize": True, "progressive": area <= _LARGE, "subsampling": "4:2:0"}
        case "webp":  # 2 takes half the time of 4, for 4 % more bytes
            return {"method": 4 if area <= _LARGE else 2}
        case "avif":  # colour at full size takes no more bytes at equal looks, and much less for drawings and text
            return {"speed": next(speed for most, speed in _AVIF_SPEEDS if area <= most), "subsampling": "4:4:4"}
        case "png":  # of a photograph only runs are worth looking for: a third of the time
            return {"compress_type": zlib.Z_RLE} if _is_photograph(_strip(animation)) else {"compress_level": 3}
        case _:
            return {}


def _is_photograph(picture: "Image.Image") -> bool:
    """Hardly two of its pixels are alike, where a drawing has few colours."""
    return picture.getcolors(picture.width * picture.height // 16) is None


def _delays(durations: list[float], target: str) -> list[float]:
    """AVIF knows whole milliseconds; PNG counts in 16 bits, from a minute on in seconds."""
    if target == "avif":
        return [round(duration) for duration in durations]
    return [duration if duration <= 65_535 else round(duration, -3) for duration in durations]


def _loop(plays: int, target: str) -> dict[str, Any]:
    """A GIF counts the repetitions, and says nothing if there are none; the others count plays."""
    if target == "gif":
        return {} if plays == 1 else {"loop": max(0, plays - 1)}
    return {"loop": plays}


def _paletted(frame: "Image.Image") -> "Image.Image":
    """256 colours of its own, one of them clear. Not dithered: that crawls from frame to frame, in more bytes.

    The octree takes a thirtieth of the time of the median cut, and looks nearly the same.
    """
    colours = frame.convert("RGB")
    if "A" not in frame.getbands():
        return colours.quantize(method=_OCTREE)
    paletted = colours.quantize(255, method=_OCTREE)
    palette = paletted.getpalette() or []
    clear = len(palette) // 3
    paletted.putpalette([*palette, 0, 0, 0])
    paletted.paste(clear, mask=frame.getchannel("A").point([255] * 128 + [0] * 128))
    paletted.info["transparency"] = clear
    return paletted
