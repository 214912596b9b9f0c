"""The errors that the edge function sends to viewers, each with its HTTP status and its cache lifetime.

ImageError              500  any other failure of the edge function
├── BadRendition        400  the canonical query is malformed or exceeds the limits of the stack
├── NoSuchOriginal      404  the bucket has no object with this key
├── OriginalTooLarge    415  the original exceeds a limit of bytes, pixels, frames, time or memory
├── NotAnImage          415  the original has an unknown format, or it is broken
└── OriginFailed        502  S3 did not deliver the original, or not in time
"""

from typing import ClassVar


class ImageError(Exception):
    """An error that ends a request with a problem document.

    `public` is the sentence that the viewer reads. `detail` is a part of the exception's text, which the edge function
    writes to the log and never sends to the viewer.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal Server Error"
    ttl: ClassVar[int] = 1
    """The number of seconds for which caches may keep the response."""

    def __init__(self, public: str, *, detail: str = "") -> None:
        super().__init__(f"{public} ({detail})" if detail else public)
        self.public = public
        self.detail = detail


class BadRendition(ImageError):
    """The canonical query is malformed or exceeds the limits of the stack.

    The public sentence names the parameter and the values that the parameter accepts.
    """

    status = 400
    title = "Bad Request"
    ttl = 60


class NoSuchOriginal(ImageError):
    """The bucket has no object with this key.

    S3 returns 403 for a missing key if the caller may not list the bucket. Therefore both 403 and 404 cause this error.
    """

    status = 404
    title = "Not Found"
    ttl = 10


class OriginalTooLarge(ImageError):
    """The original exceeds a limit of bytes, pixels, frames, time or memory.

    The status is not 413, because CloudFront does not cache a 413, and each request would read the original from S3.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
    """

    status = 415
    title = "Unsupported Media Type"
    ttl = 60


class NotAnImage(ImageError):
    """The original has no format that the pipeline reads, or its bytes are truncated or corrupt."""

    status = 415
    title = "Unsupported Media Type"
    ttl = 60


class OriginFailed(ImageError):
    """S3 refused the request, was too slow or closed the connection. The next request may succeed."""

    status = 502
    title = "Bad Gateway"
    ttl = 1
