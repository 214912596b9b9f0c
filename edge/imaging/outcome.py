"""What a viewer got instead of the requested rendition, if the rendition did not fit into one response."""

from enum import Enum


class Outcome(Enum):
    """How a request for a rendition ended. The order of the attempts is that of the first four members."""

    AS_REQUESTED = "as requested"
    """The rendition fits at the requested quality and in the requested format."""
    QUALITY_REDUCED = "quality reduced"
    """The rendition fits at a lower quality than the requested one."""
    FORMAT_CHANGED = "format changed"
    """The rendition has another format: the requested one cannot hold it, takes too long, or did not fit."""
    TOO_LARGE = "too large"
    """No attempt fits. The handler stores the rendition in the renditions bucket."""
    STORED = "stored"
    """The rendition is in the renditions bucket, and the response redirects to it."""
    ORIGINAL = "original"
    """The original is sent: an animation has too many pixels, or a rendition could not be stored."""
