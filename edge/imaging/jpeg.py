"""Prepare a JPEG for the test whether its scan is complete, which the decoder does not report."""

from typing import Final

_START_OF_SCAN: Final = 0xDA
_END_MARKER: Final = b"\xff\xd9"
_SENTINEL_BITS: Final = b"\x55\xaa\x33\xcc" * 16


def append_sentinel_bits(data: bytes) -> bytes:
    """Return the JPEG with extra bits before its end marker. The decoder of a complete scan never reads these bits.

    If the scan is truncated, libjpeg silently fills the rest of the picture with gray. The extra bits then show in the
    picture instead of the gray. Raise LookupError (IndexError included) if the file has no scan or no end marker.
    """
    offset = 2
    while data[offset + 1] != _START_OF_SCAN:
        # Any number of 0xFF bytes may precede a marker. Every other segment has its length, which counts itself.
        offset += 1 if data[offset + 1] == 0xFF else 2 + int.from_bytes(data[offset + 2 : offset + 4])
    end = data.find(_END_MARKER, offset)
    if end < 0:
        raise LookupError("the JPEG has no end marker")
    return data[:end] + _SENTINEL_BITS + data[end:]
