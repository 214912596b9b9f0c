"""What moves keeps moving: what is seen at which moment, for how long, and how often."""

from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from conformance import files
from conformance.case import Answer, Case, Check
from conformance.pictures import BLUE, GREEN, RED, YELLOW, encoded

_COLOURS = (RED, GREEN, BLUE, YELLOW)
_PALETTE = bytes(value for colour in _COLOURS for value in colour)
_TIMES = (100, 200, 50, 700)

Timeline = list[tuple[int, tuple[int, ...]]]
"""Milliseconds and the colour in the middle, of frames that follow each other; alike ones are one."""


def cases() -> Iterator[Case]:
    """Asked for as WebP, which everything here can write, and as what it was."""
    for kind, target in (("gif", "webp"), ("webp", "webp"), ("png", "webp"), ("png", "png"), ("avif", "webp")):
        name = "APNG" if kind == "png" else kind.upper()
        to = "APNG" if target == "png" else target.upper()
        yield _case(f"{name} to {to}: frames and times", lambda kind=kind: _moving(kind), _plays(_TIMES), target)
    for milliseconds in (0, 10, 20):
        yield _case(
            f"GIF of {milliseconds} ms a frame, as browsers play it",
            lambda milliseconds=milliseconds: _gif([milliseconds // 10] * 4),
            _plays((milliseconds,) * 4),
        )
    for loop, plays in ((0, 0), (None, 1), (2, 3)):
        often = "for ever" if plays == 0 else f"{plays} times" if plays > 1 else "once"
        yield _case(f"GIF that plays {often}", lambda loop=loop: _gif([10] * 4, loop=loop), _loops(plays))
    for disposal, word in ((1, "keep"), (2, "background"), (3, "previous")):
        yield _case(f"GIF whose frames say {word}", lambda disposal=disposal: _sparse(disposal), _disposed(disposal))
    yield _case("the first frame as JPEG", lambda: _moving("gif"), _still, "jpeg")
    yield _case(
        "APNG, without the picture for those who cannot show it", _with_default, _plays((100, 200), (GREEN, BLUE))
    )


def _case(name: str, original: Any, check: Check, target: str = "webp") -> Case:
    return Case(row="animation", name=name, original=original, check=check, format=target, options={"width": 30})


def _moving(kind: str, colours: Sequence[Any] = _COLOURS, times: Sequence[int] = _TIMES, **options: Any) -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in colours]
    sharp = {"lossless": True} if kind == "webp" else {}
    return encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=list(times), loop=0, **sharp, **options
    )


def _with_default() -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, BLUE)]
    return encoded(frames[0], "png", save_all=True, append_images=frames[1:], duration=[100, 200], default_image=True)


def _gif(hundredths: Sequence[int], loop: int | None = 0) -> bytes:
    frames = [(bytes([index]) * 2400, time, 1) for index, time in enumerate(hundredths)]
    return files.gif(60, 40, _PALETTE, frames, loop)


def _sparse(disposal: int) -> bytes:
    """Red everywhere; then a green square on the left; then a blue one on the right, over what is left of the green."""
    ground = Image.new("P", (60, 40))
    ground.putpalette(_PALETTE)
    frames = [ground.copy() for _ in range(3)]
    data = files.gif(60, 40, _PALETTE, [(frame.tobytes(), 10, 1) for frame in frames[:1]])[:-1]
    for colour, left, how in ((1, 0, disposal), (2, 40, 1)):
        part = files.gif(20, 40, _PALETTE, [(bytes([colour]) * 800, 10, how)], None)[:-1]
        at = part.index(b"\x21\xf9")
        block = bytearray(part[at:])
        block[9:11] = left.to_bytes(2, "little")
        data += bytes(block)
    return data + b"\x3b"


def timeline(image: Image.Image, x: float = 0.5) -> Timeline:
    """What is seen at that share of the width, half way down."""
    seen: Timeline = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        pixel = image.convert("RGBA").getpixel((int(image.width * x), image.height // 2))
        time = round(image.info.get("duration", 0))
        if seen and max(abs(a - b) for a, b in zip(seen[-1][1], pixel, strict=True)) < 30:
            seen[-1] = (seen[-1][0] + time, pixel)
        else:
            seen.append((time, pixel))
    return seen


def _plays(times: Sequence[int], colours: Sequence[tuple[int, ...]] = _COLOURS) -> Check:
    def check(answer: Answer) -> str | None:
        seen = timeline(answer.image)
        if [_as_played(time) for time, _ in seen] != [_as_played(time) for time in times]:
            return f"times {', '.join(str(time) for time, _ in seen)}" if len(seen) > 1 else "does not move"
        off = max(
            abs(a - b) for (_, one), two in zip(seen, colours, strict=True) for a, b in zip(one[:3], two, strict=True)
        )
        return None if off < 26 else f"colours {off} off"

    return check


def _as_played(milliseconds: int) -> int:
    """Browsers take 10 ms and less for a mistake, and show the frame for 100."""
    return 100 if milliseconds <= 10 else milliseconds


def _loops(plays: int) -> Check:
    def check(answer: Answer) -> str | None:
        image = answer.image
        if getattr(image, "n_frames", 1) < 2:
            return "does not move"
        return None if image.info.get("loop") == plays else f"plays {image.info.get('loop')} times"

    return check


def _disposed(disposal: int) -> Check:
    """Where the green square was, while the blue one is shown."""

    def check(answer: Answer) -> str | None:
        left, right = timeline(answer.image, 0.15), timeline(answer.image, 0.85)
        if len(right) < 2:
            return "does not move"
        after = left[-1][1]
        green = abs(after[1] - GREEN[1]) < 30 and abs(after[0] - GREEN[0]) < 30
        red = abs(after[0] - RED[0]) < 30 and abs(after[1] - RED[1]) < 30
        right_answer = {1: green, 2: after[3] < 16, 3: red}[disposal]
        return None if right_answer else f"shows {after}"

    return check


def _still(answer: Answer) -> str | None:
    image = answer.image
    if image.size != (30, 20):
        return f"{image.width}x{image.height}"
    pixel = image.convert("RGB").getpixel((15, 10))
    return None if max(abs(a - b) for a, b in zip(pixel, RED, strict=True)) < 12 else f"shows {pixel}"
