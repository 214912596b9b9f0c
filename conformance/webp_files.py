"""WebP files with any chunks and frames, built byte by byte.

https://developers.google.com/speed/webp/docs/riff_container
"""

import struct
from typing import Final

_ANIMATED, _HAS_PROFILE = 0x02, 0x20
_LOSSLESS: Final = 0x2F


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """Return a chunk."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def webp(*chunks: bytes) -> bytes:
    """Return a file of these chunks."""
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def single_color(width: int, height: int) -> bytes:
    """Return the chunk of a lossless black picture, which has 16 bytes at any size."""
    fields = ((_LOSSLESS, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3))
    # No transformation, no color cache, no groups of codes; then five codes, each with the one symbol 0 in one bit.
    fields += ((0, 1), (0, 1), (0, 1), *((1, 4),) * 5)
    bits, length = 0, 0
    for value, count in fields:
        bits |= value << length
        length += count
    return chunk(b"VP8L", bits.to_bytes(-(-length // 8), "little"))


def animation(width: int, height: int, frame_count: int, *, profile: bytes = b"", frame: bytes | None = None) -> bytes:
    """Return an animation whose frames are all the same. `frame` replaces the frame, which has the size of the canvas.

    The file has the size of the frames only once, so that a test can make a million of them quickly.
    """
    flags = _ANIMATED | (_HAS_PROFILE if profile else 0)
    head = [chunk(b"VP8X", struct.pack("<I", flags) + _number(width - 1) + _number(height - 1))]
    if profile:
        head.append(chunk(b"ICCP", profile))
    head.append(chunk(b"ANIM", bytes(6)))
    return webp(*head, (frame or animation_frame(0, 0, width, height)) * frame_count)


def animation_frame(x: int, y: int, width: int, height: int) -> bytes:
    """Return a frame of 20 ms at a place of the canvas."""
    header = _number(x // 2) + _number(y // 2) + _number(width - 1) + _number(height - 1) + _number(20) + b"\0"
    return chunk(b"ANMF", header + single_color(width, height))


def _number(value: int) -> bytes:
    return value.to_bytes(3, "little")
