"""What became of a request, for the log, and how a rendition differs from the requested one."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a request. The log line has the value."""

    RENDERED = "rendered"
    """The response is a rendition."""
    REDIRECTED = "redirected"
    """The rendition is too large for one response. It is stored, and the response redirects the viewer to it."""
    PASSED = "passed"
    """The response has S3's own body, or no body: an original, a stored rendition, an SVG, or an answer to HEAD."""
    REJECTED = "rejected"
    """The request or the original cannot be used. The same request fails again."""
    FAILED = "failed"
    """S3 or the edge function failed. The next request may succeed."""


class Adjustment(StrEnum):
    """How a rendition differs from the requested one. The first four members are in the order of the attempts."""

    AS_REQUESTED = "as requested"
    """The rendition fits at the requested quality and in the requested format."""
    QUALITY_REDUCED = "quality reduced"
    """The rendition fits at a lower quality than the requested quality."""
    FORMAT_CHANGED = "format changed"
    """The rendition has another format: the requested format did not fit, or takes too long, or cannot store it."""
    TOO_LARGE = "too large"
    """No attempt resulted in a rendition that fits. The handler then stores the rendition in the renditions bucket."""
    STORED = "stored"
    """The rendition is in the renditions bucket, and the response redirects the viewer to it."""
    FIRST_FRAME = "first frame"
    """The rendition shows only the first frame, because all frames of the animation together have too many pixels."""
