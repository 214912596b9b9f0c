"""Render an original in a child process, so that no original can end, delay or change any other request.

Only the child process decodes. Its result is a header in JSON, a line break, and the rendition.
"""

import json
from typing import Any, Final

from edge.child_process import ChildFailed, ChildProcess, ChildTimedOut
from edge.deadline import Deadline
from edge.errors import BadRendition, ImageError, NotAnImage, OriginalTooLarge, OriginFailed, Reason
from edge.imaging.animation import Animation
from edge.imaging.encode import encode
from edge.imaging.formats import CONTENT_TYPES
from edge.imaging.pipeline import Rendered, render
from edge.imaging.vips import Image
from edge.outcome import Adjustment
from edge.rendition import Rendition
from edge.settings import Settings
from edge.telemetry import format_traceback

_ERRORS: Final = {error.__name__: error for error in (ImageError, BadRendition, NotAnImage, OriginalTooLarge)}
"""The errors that the child process reports, by name."""
_PHASES: Final = {"decode", "color", "encode"}
"""The phases of a render."""
_ADJUSTMENTS: Final = {adjustment.name: adjustment for adjustment in Adjustment if adjustment is not Adjustment.STORED}
"""The adjustments of a render, by name."""
_MAX_HEADER: Final = 262_144
"""The maximum number of bytes of the header. The longest part is the traceback of an unexpected exception."""
_MAX_DETAIL: Final = 1_000
"""The maximum number of characters of the cause of an error, which can quote the original."""
_MAX_PUBLIC: Final = 300
"""The maximum number of characters of a public sentence."""
_MAX_NUMBER: Final = 2**53
"""The maximum of a number. Every reader of JSON keeps smaller whole numbers exactly."""
_OTHER_MEMORY: Final = 128 << 20
"""The bytes of the function's memory that are left to Lambda's runtime and to the code of Python and the libraries."""


def start_renderer(rendition: Rendition, settings: Settings, *, max_body: int) -> ChildProcess:
    """Start a child process that renders one original. It warms up while the original is still read from S3."""
    return ChildProcess(
        lambda original: _render_to_bytes(original, rendition, settings, max_body),
        warm_up=lambda: _warm_up(settings),
        seconds=settings.render_timeout,
        max_memory=(settings.memory << 20) - _OTHER_MEMORY,
    )


def render_isolated(renderer: ChildProcess, original: bytes, settings: Settings, deadline: Deadline) -> Rendered:
    """Return the rendition, as `edge.imaging.pipeline.render` does, but within the limits of time and memory.

    Raises OriginalTooLarge beyond these limits, OriginFailed if S3 was so slow that the deadline is the earlier limit,
    NotAnImage if a decoder crashes, and the errors of `render`.
    """
    seconds = 0.0
    try:
        seconds = deadline.limit(settings.render_timeout)
        header_text, _, body = renderer.call(original, seconds=seconds).partition(b"\n")
    except (TimeoutError, ChildTimedOut) as error:
        if seconds < settings.render_timeout:
            text = "Reading the original left too little time to render it."
            raise OriginFailed(text, detail=f"{error}: {seconds:.1f} s") from error
        text = f"Rendering the original takes more than {settings.render_timeout} seconds."
        raise OriginalTooLarge(text, detail=str(error), reason=Reason.TOO_SLOW) from error
    except ChildFailed as error:
        raise NotAnImage("The original is broken.", detail=str(error)) from error
    try:
        return _parse_result(header_text, body)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        detail = f"the child process returned {header_text[:200]!r}"
        raise NotAnImage("The original is broken.", detail=detail) from error


def _parse_result(header_text: bytes, body: bytes) -> Rendered:
    """Return the rendition, or raise the error that the child process reports.

    The values become headers and fields of the log. An original that takes over the child process must not choose
    them, so an unknown value raises an exception: ValueError, TypeError, KeyError, AttributeError or RecursionError.
    """
    if len(header_text) > _MAX_HEADER:
        raise ValueError("The header is too long.")
    header: dict[str, Any] = json.loads(header_text)
    if "error" in header:
        raise _parse_error(header)
    timings = header["timings"]
    if header["content_type"] not in CONTENT_TYPES.values():
        raise ValueError("The content type is unknown.")
    if not timings.keys() <= _PHASES:
        raise ValueError("A phase is unknown.")
    return Rendered(
        body=body,
        content_type=header["content_type"],
        quality=None if header["quality"] is None else _whole_number(header["quality"], 100),
        quality_steps=_whole_number(header["quality_steps"], 100),
        adjustment=_ADJUSTMENTS[header["adjustment"]],
        pixels_in=_whole_number(header["pixels_in"], _MAX_NUMBER),
        pixels_out=_whole_number(header["pixels_out"], _MAX_NUMBER),
        timings={phase: _milliseconds(value) for phase, value in timings.items()},
    )


def _parse_error(header: dict[str, Any]) -> ImageError:
    """Return the error that the child process reports. Raises an exception if an error of this class cannot be so."""
    error_class, reason = _ERRORS[header["error"]], Reason(header["reason"])
    public, detail, traceback = header["public"], header["detail"], header["traceback"]
    if reason not in error_class.reasons:
        raise ValueError("An error of this class cannot have this reason.")
    if not all(isinstance(text, str) for text in (public, detail, traceback)) or len(public) > _MAX_PUBLIC:
        raise ValueError("A text of the error is no text, or it is too long.")
    return error_class(public, detail=detail, reason=reason, traceback=traceback)


def _whole_number(value: object, maximum: int) -> int:
    """Return a number from 1 to `maximum`. Raises ValueError for anything else, such as True, which equals 1."""
    if type(value) is not int or not 1 <= value <= maximum:
        raise ValueError(f"The value is not a whole number from 1 to {maximum}.")
    return value


def _milliseconds(value: object) -> float:
    """Return a duration. Raises ValueError for anything else, such as NaN, which no JSON has."""
    if type(value) not in (int, float) or not 0 <= value < _MAX_NUMBER:  # type: ignore[operator]
        raise ValueError("The duration is not a number of milliseconds.")
    return float(value)  # type: ignore[arg-type]


def _warm_up(settings: Settings) -> None:
    """Render a small JPEG. libvips then does not have to load and start its parts when the original arrives."""
    pixels = Image.from_pixels(bytes(3 * 32 * 32), 32, 32, 3)
    original = encode(Animation(frames=[pixels], durations=[0], loop_count=0), "jpeg", 80)
    _render_to_bytes(original, Rendition(format="webp", width=8), settings, 10_000)


def _render_to_bytes(original: bytes, rendition: Rendition, settings: Settings, max_body: int) -> bytes:
    """Return the rendition or an error as bytes. This function runs in the child process."""
    try:
        rendered = render(
            original,
            rendition,
            max_pixels=settings.max_pixels,
            max_frames=settings.max_frames,
            max_dimension=settings.max_dimension,
            max_body=max_body,
        )
    except MemoryError:
        text = "Rendering the original takes too much memory."
        return _to_bytes(OriginalTooLarge(text, reason=Reason.TOO_MUCH_MEMORY))
    except ImageError as error:
        return _to_bytes(error)
    except Exception as error:  # noqa: BLE001  # The parent process logs every unexpected exception of this process.
        text = "Something went wrong."
        return _to_bytes(ImageError(text, detail=repr(error), traceback=format_traceback(error)))
    header: dict[str, Any] = rendered._asdict() | {"adjustment": rendered.adjustment.name}
    body = header.pop("body")
    return json.dumps(header).encode() + b"\n" + body


def _to_bytes(error: ImageError) -> bytes:
    header = {
        "error": type(error).__name__,
        "public": error.public,
        "detail": error.detail[:_MAX_DETAIL],
        "reason": error.reason.value,
        "traceback": error.traceback,
    }
    return json.dumps(header).encode() + b"\n"
