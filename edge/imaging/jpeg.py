"""Check a JPEG before libjpeg decodes it: its segments and scans, and whether its pixels can be in the file."""

import re
from collections.abc import Iterator
from typing import Final

from edge.errors import NotAnImage, OriginalTooLarge

_MAX_PIXELS_PER_BYTE: Final = 512
"""The maximum number of pixels per byte of a JPEG: every block of 8x8 pixels takes at least one bit."""
_MAX_SCANS: Final = 100
"""The maximum number of scans. Encoders write about ten, and each one takes 0.25 ns per pixel even if it is empty."""
_MAX_SEGMENTS: Final = 10_000
"""The maximum number of segments. A profile or a preview of 4 MB takes about 64."""
_MARKER: Final = re.compile(rb"\xff([\xc0-\xcf\xd8-\xfe])")
"""A marker of a segment. libjpeg refuses or skips every other marker, and then reads no length after it.

The pattern has no quantifier, so that a search takes a time proportional to the length of the file.
"""
_START_OF_SCAN: Final = b"\xda"
_END_OF_IMAGE: Final = b"\xd9"
TRUNCATED: Final = ("premature end of data segment", "found marker 0xd9 instead of RST")
"""libjpeg's warnings if a scan ends too early. libjpeg then fills the rest of the picture with gray."""


def check_header(data: bytes) -> None:
    """Raise OriginalTooLarge if there are too many segments before the first scan, which libjpeg keeps in memory."""
    for number, marker in enumerate(_markers(data)):
        if marker == _START_OF_SCAN:
            return
        if number == _MAX_SEGMENTS:
            raise OriginalTooLarge(f"The original has more than {_MAX_SEGMENTS} segments.")


def check_scans(data: bytes, pixels: int, *, has_scans: bool) -> None:
    """Raise NotAnImage if so few bytes cannot contain so many pixels, and OriginalTooLarge if there are too many scans.

    `has_scans` is whether the JPEG has more than one scan.
    """
    if len(data) * _MAX_PIXELS_PER_BYTE < pixels:
        raise NotAnImage("The original is broken.", detail=f"{len(data)} bytes cannot contain {pixels} pixels")
    scans = 0
    for number, marker in enumerate(_markers(data) if has_scans else ()):
        scans += marker == _START_OF_SCAN
        if scans > _MAX_SCANS or number == _MAX_SEGMENTS:
            raise OriginalTooLarge(f"The original has more than {_MAX_SCANS} scans.")


def _markers(data: bytes) -> Iterator[bytes]:
    """Yield the markers of the first picture of a file, which can contain another picture or a film afterwards."""
    offset = 2
    while (match := _MARKER.search(data, offset)) and match[1] != _END_OF_IMAGE:
        yield match[1]
        offset = match.end() + int.from_bytes(data[match.end() : match.end() + 2])
