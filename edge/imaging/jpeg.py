"""Check a JPEG before libjpeg decodes it: its number of scans, and whether its pixels can be in the file."""

from typing import Final

from edge.errors import NotAnImage, OriginalTooLarge

_MAX_PIXELS_PER_BYTE: Final = 512
"""The maximum number of pixels per byte of a JPEG: every block of 8x8 pixels takes at least one bit."""
_MAX_SCANS: Final = 100
"""The maximum number of scans. Encoders write about ten, and each one takes 0.25 ns per pixel even if it is empty."""
_START_OF_SCAN: Final = b"\xff\xda"
TRUNCATED: Final = "premature end of data segment"
"""libjpeg's warning if a scan ends too early. libjpeg then fills the rest of the picture with gray."""


def check(data: bytes, pixels: int, *, has_scans: bool) -> None:
    """Raise NotAnImage if so few bytes cannot contain so many pixels, and OriginalTooLarge if there are too many scans.

    `has_scans` is whether the JPEG has more than one scan. In compressed pixels, the byte 0xFF is never followed by the
    byte of a marker, so every match is a marker or a part of a segment with metadata, such as a thumbnail.
    """
    if len(data) * _MAX_PIXELS_PER_BYTE < pixels:
        raise NotAnImage("The original is broken.", detail=f"{len(data)} bytes cannot contain {pixels} pixels")
    if has_scans and data.count(_START_OF_SCAN) > _MAX_SCANS:
        raise OriginalTooLarge(f"The original has more than {_MAX_SCANS} scans.")
