"""Render an original in a child process, so that no original can end, delay or change any other request.

Only the child process decodes. Its result is a header in JSON, a line break, and the rendition.
"""

import json
import traceback
from typing import Any, Final

from edge.child_process import ChildFailed, ChildProcess, ChildTimedOut
from edge.deadline import Deadline
from edge.errors import BadRendition, ImageError, NotAnImage, OriginalTooLarge, OriginFailed
from edge.imaging.animation import Animation
from edge.imaging.encode import encode
from edge.imaging.formats import CONTENT_TYPES
from edge.imaging.pipeline import Rendered, render
from edge.imaging.vips import Image
from edge.outcome import Outcome
from edge.rendition import Rendition
from edge.settings import Settings

_ERRORS: Final = {error.__name__: error for error in (ImageError, BadRendition, NotAnImage, OriginalTooLarge)}
"""The errors that the child process reports, by name."""
_PHASES: Final = {"decode", "color", "encode"}
"""The phases of a render."""
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
        raise OriginalTooLarge(text, detail=str(error)) from error
    except ChildFailed as error:
        raise NotAnImage("The original is broken.", detail=str(error)) from error
    try:
        return _parse_result(header_text, body)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        detail = f"the child process returned {header_text[:200]!r}"
        raise NotAnImage("The original is broken.", detail=detail) from error


def _parse_result(header_text: bytes, body: bytes) -> Rendered:
    """Return the rendition, or raise the error that the child process reports.

    The content type, the quality and the phases become headers. An original that takes over the child process must not
    choose them, so an unknown value raises an exception: ValueError, TypeError, KeyError, AttributeError or
    RecursionError.
    """
    header: dict[str, Any] = json.loads(header_text)
    if "error" in header:
        raise _ERRORS[header["error"]](str(header["public"]), detail=str(header["detail"]))
    quality, timings = header["quality"], header["timings"]
    if header["content_type"] not in CONTENT_TYPES.values():
        raise ValueError("The content type is unknown.")
    if quality is not None and quality not in range(1, 101):
        raise ValueError("The quality is not a whole number from 1 to 100.")
    if not timings.keys() <= _PHASES:
        raise ValueError("A phase is unknown.")
    return Rendered(
        body=body,
        content_type=header["content_type"],
        quality=quality,
        outcome=Outcome[header["outcome"]],
        timings={phase: float(milliseconds) for phase, milliseconds in timings.items()},
    )


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
        return _to_bytes(OriginalTooLarge("Rendering the original takes too much memory."))
    except ImageError as error:
        return _to_bytes(error)
    except Exception:  # noqa: BLE001  # The parent process logs every unexpected exception of this process.
        return _to_bytes(ImageError("Something went wrong.", detail=traceback.format_exc()))
    header: dict[str, Any] = rendered._asdict() | {"outcome": rendered.outcome.name}
    body = header.pop("body")
    return json.dumps(header).encode() + b"\n" + body


def _to_bytes(error: ImageError) -> bytes:
    header = {"error": type(error).__name__, "public": error.public, "detail": error.detail}
    return json.dumps(header).encode() + b"\n"
