"""How to tell that a JPEG's scan breaks off, which its decoder does not say."""

from typing import Final

_START_OF_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"
_BITS: Final = b"\x55\xaa\x33\xcc" * 16


def lengthened(data: bytes) -> bytes:
    """With bits before its end that the decoder of a whole scan never reads. LookupError if it has no scan, or no end.

    Where a scan breaks off libjpeg fills the picture up with grey, in silence; so these bits show in the picture.
    """
    at = 2
    while data[at + 1] != _START_OF_SCAN:
        # Any number of 0xFF may stand before a marker. Else its length follows, which counts itself.
        at += 1 if data[at + 1] == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4])
    end = data.find(_END, at)
    if end < 0:
        raise LookupError("no end marker")
    return data[:end] + _BITS + data[end:]
