"""Add sentinel bits to a JPEG, to detect a truncated scan, which the decoder does not report."""

from typing import Final

_START_OF_SCAN: Final = 0xDA
_END_MARKER: Final = b"\xff\xd9"
_SENTINEL_BITS: Final = b"\x55\xaa\x33\xcc" * 16


def append_sentinel_bits(data: bytes) -> bytes:
    """Return the JPEG with extra bits before its end marker. If the scan is complete, the decoder ignores these bits.

    If the scan is truncated, libjpeg silently fills the rest of the picture with gray. With the extra bits, a part of
    the gray changes. Raises LookupError or its subclass IndexError if the file has no scan or no end marker.
    """
    offset = 2
    while data[offset + 1] != _START_OF_SCAN:
        # Any number of 0xFF bytes may precede a marker. A segment begins with its length, which includes the two bytes
        # of the length.
        offset += 1 if data[offset + 1] == 0xFF else 2 + int.from_bytes(data[offset + 2 : offset + 4])
    end = data.find(_END_MARKER, offset)
    if end < 0:
        raise LookupError("the JPEG has no end marker")
    return data[:end] + _SENTINEL_BITS + data[end:]
