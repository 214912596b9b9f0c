"""Check a JPEG before libjpeg decodes it: its number of scans, and whether its pixels can be in the file."""

import re
from typing import Final

from edge.errors import NotAnImage, OriginalTooLarge

_MAX_PIXELS_PER_BYTE: Final = 512
"""The maximum number of pixels per byte of a JPEG: every block of 8x8 pixels takes at least one bit."""
_MAX_SCANS: Final = 100
"""The maximum number of scans. Encoders write about ten, and each one takes 0.25 ns per pixel even if it is empty."""
_MAX_SEGMENTS: Final = 10_000
_MARKER: Final = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
"""A marker. In compressed pixels, the byte 0xFF is only followed by 0x00 or by the number of a restart marker."""
_START_OF_SCAN: Final = b"\xda"
_END_OF_IMAGE: Final = b"\xd9"
TRUNCATED: Final = "premature end of data segment"
"""libjpeg's warning if a scan ends too early. libjpeg then fills the rest of the picture with gray."""


def check(data: bytes, pixels: int, *, has_scans: bool) -> None:
    """Raise NotAnImage if so few bytes cannot contain so many pixels, and OriginalTooLarge if there are too many scans.

    `has_scans` is whether the JPEG has more than one scan.
    """
    if len(data) * _MAX_PIXELS_PER_BYTE < pixels:
        raise NotAnImage("The original is broken.", detail=f"{len(data)} bytes cannot contain {pixels} pixels")
    if has_scans and not _has_few_scans(data):
        raise OriginalTooLarge(f"The original has more than {_MAX_SCANS} scans.")


def _has_few_scans(data: bytes) -> bool:
    """Return whether the first picture of the file has few scans and few segments.

    A file can contain another picture or a film after the end of the first picture.
    """
    offset, scans = 2, 0
    for _ in range(_MAX_SEGMENTS):
        marker = _MARKER.search(data, offset)
        if marker is None or marker[1] == _END_OF_IMAGE:
            return True
        scans += marker[1] == _START_OF_SCAN
        if scans > _MAX_SCANS:
            return False
        offset = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2])
    return False
