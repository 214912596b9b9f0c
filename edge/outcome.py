"""The outcomes of a request for a rendition, such as a lower quality so that the rendition fits into one response."""

from enum import Enum


class Outcome(Enum):
    """The outcome of a request for a rendition. The first four members are in the order of the attempts."""

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
