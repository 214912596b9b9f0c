"""Everything that can go wrong with one answer, and what the viewer is told about it.

ImageError              500  anything else
├── BadRendition        400  the query asks for something that does not exist
├── NoSuchOriginal      404  nothing is stored under this key
├── OriginalTooLarge    413  more bytes, pixels or frames than the stack's limits
├── NotAnImage          415  unknown format, or broken
└── OriginFailed        502  S3 did not deliver
"""

from typing import ClassVar


class ImageError(Exception):
    """Carries the answer: `status`, the `public` sentence, and how long a cache may keep it (`ttl`, seconds).

    `detail` is for the log alone; it never reaches the viewer.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal Server Error"
    ttl: ClassVar[int] = 1

    def __init__(self, public: str, *, detail: str = "") -> None:
        super().__init__(f"{public} ({detail})" if detail else public)
        self.public = public
        self.detail = detail


class BadRendition(ImageError):
    """The canonical query is malformed or beyond the stack's limits; names the parameter and what it accepts."""

    status = 400
    title = "Bad Request"
    ttl = 60


class NoSuchOriginal(ImageError):
    """S3 answers 403 for a missing key when the caller may not list the bucket, so both mean this."""

    status = 404
    title = "Not Found"
    ttl = 10


class OriginalTooLarge(ImageError):
    """Refused before it is decoded: bytes, pixels or frames."""

    status = 413
    title = "Content Too Large"
    ttl = 60


class NotAnImage(ImageError):
    """The bytes are of no format we read, or end too early, or are corrupt."""

    status = 415
    title = "Unsupported Media Type"
    ttl = 60


class OriginFailed(ImageError):
    """S3 refused, timed out or broke off; the next request may succeed."""

    status = 502
    title = "Bad Gateway"
    ttl = 1
