"""The errors that the edge function sends to viewers, each with its HTTP status and its cache lifetime.

ImageError              500  any other failure of the edge function
├── BadRendition        400  the canonical query is malformed or exceeds the limits of the stack
├── NoSuchOriginal      404  the bucket has no object with this key
├── OriginalTooLarge    415  the original exceeds a limit of bytes, pixels, frames, time or memory
├── NotAnImage          415  the original has an unknown format, or it is broken
└── OriginFailed        502  S3 did not deliver the original, or not in time
"""

from enum import StrEnum
from typing import ClassVar


class Reason(StrEnum):
    """The reason of an error in one word, for the log and for metrics. Viewers do not see it."""

    BAD_QUERY = "bad-query"
    NO_ORIGINAL = "no-original"
    TOO_MANY_BYTES = "too-many-bytes"
    TOO_MANY_PIXELS = "too-many-pixels"
    """The original has too many pixels, or a side that is too long."""
    TOO_MANY_FRAMES = "too-many-frames"
    TOO_COMPLEX = "too-complex"
    """The file has too many parts, such as segments, chunks, strips or items."""
    TOO_SLOW = "too-slow"
    TOO_MUCH_MEMORY = "too-much-memory"
    UNKNOWN_FORMAT = "unknown-format"
    """No reader knows the format, or the kind of pixels or compression of this file."""
    BROKEN = "broken"
    ORIGIN = "origin"
    """S3 refused a request of the edge function, or was too slow."""
    UNEXPECTED = "unexpected"


class ImageError(Exception):
    """An error that ends a request with a problem document.

    `public` is the sentence that the viewer reads. `detail` is a part of the exception's text, which the edge function
    writes to the log and never sends to the viewer.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal Server Error"
    ttl: ClassVar[int] = 1
    """The number of seconds for which caches may keep the response."""
    reasons: ClassVar[tuple[Reason, ...]] = (Reason.UNEXPECTED,)
    """The reasons that an error of this class can have. The first one is the default."""

    def __init__(self, public: str, *, detail: str = "", reason: Reason | None = None, traceback: str = "") -> None:
        """`traceback` is that of an unexpected exception."""
        super().__init__(f"{public} ({detail})" if detail else public)
        self.public = public
        self.detail = detail
        self.reason = reason or self.reasons[0]
        self.traceback = traceback


class BadRendition(ImageError):
    """The canonical query is malformed or exceeds the limits of the stack.

    The public sentence names the parameter and the values that the parameter accepts.
    """

    status = 400
    title = "Bad Request"
    ttl = 60
    reasons = (Reason.BAD_QUERY,)


class NoSuchOriginal(ImageError):
    """The bucket has no object with this key.

    S3 returns 403 for a missing key if the caller may not list the bucket. Therefore both 403 and 404 cause this error.
    """

    status = 404
    title = "Not Found"
    ttl = 10
    reasons = (Reason.NO_ORIGINAL,)


class OriginalTooLarge(ImageError):
    """The original exceeds a limit of bytes, pixels, frames, time or memory.

    The status is not 413, because CloudFront does not cache a 413, and each request would read the original from S3.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
    """

    status = 415
    title = "Unsupported Media Type"
    ttl = 60
    reasons = (
        Reason.TOO_COMPLEX,
        Reason.TOO_MANY_BYTES,
        Reason.TOO_MANY_PIXELS,
        Reason.TOO_MANY_FRAMES,
        Reason.TOO_SLOW,
        Reason.TOO_MUCH_MEMORY,
    )


class NotAnImage(ImageError):
    """The original has no format that the pipeline reads, or its bytes are truncated or corrupt."""

    status = 415
    title = "Unsupported Media Type"
    ttl = 60
    reasons = (Reason.BROKEN, Reason.UNKNOWN_FORMAT)


class OriginFailed(ImageError):
    """S3 refused the request, was too slow or closed the connection. The next request may succeed."""

    status = 502
    title = "Bad Gateway"
    ttl = 1
    reasons = (Reason.ORIGIN,)
