"""Frames in, bytes of one format out, small enough for one answer."""

import importlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from edge.formats import CONTENT_TYPES, PLUGINS

if TYPE_CHECKING:
    from PIL import Image

QUALITY: Final = {"jpeg": 80, "webp": 80, "avif": 60}
"""Where the viewer asks for none."""

_FLOOR: Final = {"jpeg": 40, "webp": 40, "avif": 30}
"""Below it a picture no longer looks right; what is still too big then is not for this way."""

_AVIF_LIMIT: Final = 4_000_000
"""Pixels: about two seconds of one vCPU. What is larger is encoded as WebP, before the function runs out of time."""
_LARGE: Final = 2_000_000
"""Pixels, from where WebP is encoded with half the effort: a viewer waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A rendition, encoded."""

    body: bytes
    content_type: str
    width: int
    height: int
    quality: int | None
    """The one that was used; None for lossless formats."""
    timings: dict[str, float]
    """Milliseconds by phase."""


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
    """What plays: the frames as they look, not as they are stored."""

    frames: "list[Image.Image]"
    durations: list[int]
    """Milliseconds."""
    plays: int
    """0 is for ever."""

    @property
    def area(self) -> int:
        """Pixels of all frames together."""
        return self.frames[0].width * self.frames[0].height * len(self.frames)


def fitting(animation: Animation, target: str, quality: int | None, max_body: int, clock: Clock) -> Rendered | None:
    """At the quality asked for, or at a lower one that fits, or in a lossy format; None if nothing does."""
    for kind in _formats(animation, target):
        if kind == "png" and _hopeless(animation, max_body):
            continue
        for tried in _qualities(kind, quality):
            body = _encoded(animation, kind, tried)
            clock.lap("encode")
            if len(body) <= max_body:
                width, height = animation.frames[0].size
                return Rendered(
                    body=body,
                    content_type=CONTENT_TYPES[kind],
                    width=width,
                    height=height,
                    quality=tried,
                    timings=clock.timings,
                )
    return None


def _formats(animation: Animation, target: str) -> Iterator[str]:
    """The one asked for; then, what has no quality to lower comes as what has: the right size matters more."""
    if target == "avif" and animation.area > _AVIF_LIMIT:
        yield "webp"
        return
    yield target
    if target in ("png", "gif"):
        opaque = len(animation.frames) == 1 and animation.frames[0].mode != "RGBA"
        yield "jpeg" if opaque else "webp"


def _hopeless(animation: Animation, max_body: int) -> bool:
    """Whether a PNG would be more than twice too big, judged by the middle eighth of a still: it can take seconds."""
    frame = animation.frames[0]
    if len(animation.frames) > 1 or animation.area < max_body // 4:
        return False
    strip = frame.crop((0, frame.height * 7 // 16, frame.width, frame.height * 9 // 16))
    return len(_encoded(replace(animation, frames=[strip]), "png", None)) * 8 > 2 * max_body


def _qualities(target: str, quality: int | None) -> Iterator[int | None]:
    """Three at most: each is an encoding of the whole picture."""
    floor = _FLOOR.get(target)
    if floor is None:
        yield None
        return
    quality = quality or QUALITY[target]
    yield quality
    if quality > floor:
        yield from sorted({(quality + floor) // 2, floor}, reverse=True)


def _encoded(animation: Animation, target: str, quality: int | None) -> bytes:
    importlib.import_module(f"PIL.{PLUGINS[target]}")
    area = animation.area
    options: dict[str, Any] = {
        "jpeg": {"quality": quality, "optimize": True, "progressive": True},
        "png": {"compress_level": 6},
        "webp": {"quality": quality, "method": 4 if area <= _LARGE else 2},
        "avif": {"quality": quality, "speed": 8},
        "gif": {},
    }[target]
    first, *others = animation.frames
    for frame in animation.frames:
        frame.info = {}  # EXIF, GPS, XMP, comments and profiles would go out with it
    if others:
        options |= {"save_all": True, "append_images": others, "duration": animation.durations}
        if target == "gif":
            options |= {"disposal": 2} | ({"loop": max(0, animation.plays - 1)} if animation.plays != 1 else {})
        else:
            options["loop"] = animation.plays
    buffer = io.BytesIO()
    first.save(buffer, target.upper(), **options)
    return buffer.getvalue()
