"""Read the size and the number of frames of a WebP before libvips does, which takes memory and time for each chunk.

https://developers.google.com/speed/webp/docs/riff_container
"""

from typing import Final

from edge.errors import OriginalTooLarge
from edge.imaging.geometry import Size

_SIDE_BITS: Final = 14
_FIRST_CHUNK: Final = 12
_FRAME: Final = b"ANMF"
_MAX_CHUNKS: Final = 100_000
"""The maximum number of chunks. A WebP has one for each frame, and fewer than ten others."""


def canvas_size(data: bytes) -> Size:
    """Return the width and the height of the canvas; 0 if the file has no valid header."""
    match data[12:16]:
        case b"VP8X":  # extended: with transparency, animation or metadata
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":  # lossless
            bits = int.from_bytes(data[21:25], "little")
            return _low_bits(bits) + 1, _low_bits(bits >> _SIDE_BITS) + 1
        case b"VP8 ":  # lossy
            return _low_bits(int.from_bytes(data[26:28], "little")), _low_bits(int.from_bytes(data[28:30], "little"))
        case _:
            return 0, 0


def count_frames(data: bytes, *, max_frames: int) -> int:
    """Return the number of frames, or `max_frames` + 1 if the WebP has more frames; 0 if it is a still picture.

    Raises OriginalTooLarge if there are too many chunks.
    """
    offset, count = _FIRST_CHUNK, 0
    for _ in range(_MAX_CHUNKS):
        name = data[offset : offset + 4]
        count += name == _FRAME
        if count > max_frames or len(name) < len(_FRAME):
            return count
        length = int.from_bytes(data[offset + 4 : offset + 8], "little")
        offset += 8 + length + length % 2
    raise OriginalTooLarge(f"The original has more than {_MAX_CHUNKS} chunks.")


def _low_bits(value: int) -> int:
    return value & ((1 << _SIDE_BITS) - 1)
