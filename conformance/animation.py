"""The picture cases for animations, which check the order and the duration of the frames, and the loop count."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from PIL import Image

from conformance import raw_files
from conformance.case import Case, Check, Colors, Output
from conformance.pictures import BLUE, GREEN, RED, YELLOW, color_at, encode, format_label
from conformance.raw_files import GifFrame

_COLORS: Final[Colors] = (RED, GREEN, BLUE, YELLOW)
_PALETTE: Final = bytes(value for color in _COLORS for value in color)
_DURATIONS: Final = (100, 200, 50, 700)
"""The durations of the four frames, in milliseconds."""

Timeline = list[tuple[int, tuple[int, ...]]]
"""The durations in milliseconds and the colors at one point, in playing order.

Consecutive frames of similar color count as one frame.
"""


def cases() -> Iterator[Case]:
    """Yield picture cases with animations in every format that supports them. Most renditions are WebP."""
    for kind, target in (("gif", "webp"), ("webp", "webp"), ("png", "webp"), ("png", "png"), ("avif", "webp")):
        yield _case(
            f"{_animated_label(kind)} to {_animated_label(target)}: frames and durations",
            lambda kind=kind: _animation(kind),
            _check_frames(_DURATIONS),
            target,
        )
    for milliseconds in (0, 10, 20):
        yield _case(
            f"GIF with frames of {milliseconds} ms: duration as in browsers",
            lambda milliseconds=milliseconds: _gif([milliseconds // 10] * 4),
            _check_frames((milliseconds,) * 4),
        )
    for name, loop, loop_count in (("loops forever", 0, 0), ("plays once", None, 1), ("plays 3 times", 2, 3)):
        yield _case(f"GIF that {name}", lambda loop=loop: _gif([10] * 4, loop=loop), _check_loop_count(loop_count))
    for disposal, name in ((1, "keep"), (2, "background"), (3, "previous")):
        yield _case(
            f"GIF with disposal method {disposal} ({name})",
            lambda disposal=disposal: _partial_frames_gif(disposal),
            _check_disposal(disposal),
        )
    yield _case("animation to JPEG: the first frame", lambda: _animation("gif"), _check_first_frame, "jpeg")
    yield _case(
        "APNG with a separate default image, which is not a frame",
        _apng_with_default_image,
        _check_frames((100, 200), (GREEN, BLUE)),
    )


def _case(name: str, original: Callable[[], bytes], check: Check, target: str = "webp") -> Case:
    return Case(group="animation", name=name, original=original, check=check, format=target, options={"width": 30})


def _animated_label(kind: str) -> str:
    return "APNG" if kind == "png" else format_label(kind)


def _animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (60, 40), color) for color in _COLORS]
    options: dict[str, Any] = {"lossless": True} if kind == "webp" else {}
    return encode(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=list(_DURATIONS), loop=0, **options
    )


def _apng_with_default_image() -> bytes:
    frames = [Image.new("RGB", (60, 40), color) for color in (RED, GREEN, BLUE)]
    return encode(frames[0], "png", save_all=True, append_images=frames[1:], duration=[100, 200], default_image=True)


def _gif(hundredths: Sequence[int], loop: int | None = 0) -> bytes:
    frames = [GifFrame(bytes([index]) * 2400, duration, 1) for index, duration in enumerate(hundredths)]
    return raw_files.gif(60, 40, _PALETTE, frames, loop)


def _partial_frames_gif(disposal: int) -> bytes:
    """Return a GIF of a red frame, a green part on the left with this disposal method, and a blue part on the right."""
    data = raw_files.gif(60, 40, _PALETTE, [GifFrame(bytes(60 * 40), 10, 1)])[:-1]
    for color_index, left, part_disposal in ((1, 0, disposal), (2, 40, 1)):
        frame = GifFrame(bytes([color_index]) * 800, 10, part_disposal)
        part = raw_files.gif(20, 40, _PALETTE, [frame], None)[:-1]
        block = bytearray(part[part.index(b"\x21\xf9") :])
        block[9:11] = left.to_bytes(2, "little")
        data += bytes(block)
    return data + b"\x3b"


def _timeline(image: Image.Image, x: float = 0.5) -> Timeline:
    """Return the durations and colors of the animation at one point.

    The point is at the share `x` of the width, and at half of the height.
    """
    timeline: Timeline = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        color = color_at(image.convert("RGBA"), int(image.width * x), image.height // 2)
        duration = round(image.info.get("duration", 0))
        if timeline and max(abs(a - b) for a, b in zip(timeline[-1][1], color, strict=True)) < 30:
            timeline[-1] = (timeline[-1][0] + duration, color)
        else:
            timeline.append((duration, color))
    return timeline


def _check_frames(durations: Sequence[int], colors: Colors = _COLORS) -> Check:
    def check(output: Output) -> str | None:
        timeline = _timeline(output.image)
        if [_browser_duration(duration) for duration, _ in timeline] != [_browser_duration(d) for d in durations]:
            if len(timeline) == 1:
                return "not animated"
            return f"durations {', '.join(str(duration) for duration, _ in timeline)}"
        difference = max(
            abs(a - b)
            for (_, actual), expected in zip(timeline, colors, strict=True)
            for a, b in zip(actual[:3], expected, strict=True)
        )
        return None if difference < 26 else f"colors off by {difference}"

    return check


def _browser_duration(milliseconds: int) -> int:
    """Return the milliseconds for which browsers show a frame. Browsers show a frame of 10 ms or less for 100 ms."""
    return 100 if milliseconds <= 10 else milliseconds


def _check_loop_count(loop_count: int) -> Check:
    def check(output: Output) -> str | None:
        image = output.image
        if getattr(image, "n_frames", 1) < 2:
            return "not animated"
        return None if image.info.get("loop") == loop_count else f"plays {image.info.get('loop')} times"

    return check


def _check_disposal(disposal: int) -> Check:
    """Return a check of the color that the area of the green part has in the last frame, which shows the blue part."""

    def check(output: Output) -> str | None:
        left, right = _timeline(output.image, 0.15), _timeline(output.image, 0.85)
        if len(right) < 2:
            return "not animated"
        color = left[-1][1]
        is_green = abs(color[1] - GREEN[1]) < 30 and abs(color[0] - GREEN[0]) < 30
        is_red = abs(color[0] - RED[0]) < 30 and abs(color[1] - RED[1]) < 30
        is_correct = {1: is_green, 2: color[3] < 16, 3: is_red}[disposal]
        return None if is_correct else f"shows {color}"

    return check


def _check_first_frame(output: Output) -> str | None:
    image = output.image
    if image.size != (30, 20):
        return f"size {image.width}x{image.height}"
    color = color_at(image.convert("RGB"), 15, 10)
    return None if max(abs(a - b) for a, b in zip(color, RED, strict=True)) < 12 else f"shows {color}"
