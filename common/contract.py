"""Names that two or more packages must spell alike.

This module imports only the standard library, because the edge function contains the module. The viewer function gets
`CHOICES`, `DEFAULT_QUALITIES` and `STORED_RENDITIONS_PREFIX` together with the limits of the stack
(infra/delivery/viewer_function.py).
"""

from enum import StrEnum
from typing import Final

PROJECT: Final = "edge-image-resizer"
"""The project name in Pulumi.yaml: the namespace of the configuration, and the first part of every physical name."""

SETTINGS_HEADER: Final = "x-image-settings"
"""The origin custom header in which the stack passes its settings to the edge function."""

CACHE_TAG_HEADER: Final = "cache-tag"
"""The response header from which CloudFront reads the cache tags of a response."""

STORED_CACHE_TAG_HEADER: Final = f"x-amz-meta-{CACHE_TAG_HEADER}"
"""The header that stores the cache tags of a stored rendition in the metadata of its S3 object."""

STORED_RENDITIONS_PREFIX: Final = ".renditions/"
"""The prefix of the keys of stored renditions, and of the paths that CloudFront reads from the renditions bucket."""

VISIBLE_VERSIONS_PREFIX: Final = ".versions/"
"""The prefix of the refresh function's records in the renditions bucket. CloudFront does not read below this prefix."""

CANONICAL_PARAMETERS: Final = ("background", "fit", "format", "height", "position", "quality", "width")
"""The parameters of a canonical query, in the order of the query. The cache key is the path and these parameters."""

NEGOTIATED_FORMATS: Final = ("avif", "webp")
"""The formats that `format=auto` can select by the Accept header of the browser."""

OUTPUT_FORMATS: Final = ("jpeg", "png", "webp", "avif")
"""The formats that a viewer can request by name."""

DEFAULT_QUALITIES: Final = {"jpeg": 80, "webp": 75, "avif": 56}
"""The default quality of each lossy format. The three qualities look equal: docs/decisions/15-default-qualities.md.

A canonical query never contains the default quality of its format."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "dpr": ("1", "1.5", "2", "3"),
    "fit": ("cover", "contain", "fill"),
    "format": ("auto", "original", *OUTPUT_FORMATS),
    "position": (
        *("center", "top", "top-right", "right", "bottom-right"),
        *("bottom", "bottom-left", "left", "top-left"),
    ),
}
"""The accepted values of each parameter that takes one of a few words. The first value is the default."""

_UNENCODED_BYTES: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
"""The bytes that a path shows as they are: the unreserved characters of RFC 3986, and the slash."""


class RefreshVariable(StrEnum):
    """The environment variables in which the stack passes its settings to the refresh function."""

    BUCKET = "BUCKET"
    """The name of the originals bucket."""
    RENDITIONS_BUCKET = "RENDITIONS_BUCKET"
    """The name of the renditions bucket."""
    DISTRIBUTION = "DISTRIBUTION"
    """The id of the distribution."""
    QUEUE = "QUEUE"
    """The URL of the queue that invokes the function."""
    URL = "URL"
    """The URL at which viewers reach the distribution."""
    SETTLE = "SETTLE"
    """The number of seconds before the second invalidation."""
    MAX_CHANGES = "MAX_CHANGES"
    """The number of changes a minute that one process invalidates by the tags of the originals."""
    WARM_WIDTHS = "WARM_WIDTHS"
    """A JSON list of the widths in pixels to warm."""
    FORMATS = "FORMATS"
    """A JSON list of the formats that `format=auto` can select."""


def encode_key(key: str) -> str:
    """Return the percent-encoded path of a key, in the spelling that CloudFront, S3 and the signature all use.

    Every byte except unreserved characters and slashes is encoded once. Importing `urllib.parse`, which does the same,
    would add 3 ms to every cold start of the edge function.
    """
    return "".join(chr(byte) if byte in _UNENCODED_BYTES else f"%{byte:02X}" for byte in key.encode())
