"""Write an animated PNG from complete frames, which libvips can only write one by one.

https://www.w3.org/TR/png-3/#apng-frame-based-animation
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MAX_DELAY: Final = 65_535
"""The longest delay that PNG can store in milliseconds. PNG stores a longer delay in seconds."""


def join_frames(frames: list[bytes], durations: list[int], loop_count: int) -> bytes:
    """Return an animated PNG. `frames` are PNGs of one size and color type, and `durations` are milliseconds.

    The animation plays `loop_count` times, or endlessly if `loop_count` is 0. Each frame replaces the previous one.
    """
    header = next(content for name, content in _chunks(frames[0]) if name == b"IHDR")
    width, height = struct.unpack(">II", header[:8])
    parts = [_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"acTL", struct.pack(">II", len(frames), loop_count))]
    sequence = 0
    for number, (frame, duration) in enumerate(zip(frames, durations, strict=True)):
        control = struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0, *_delay(duration), 0, 0)
        parts.append(_chunk(b"fcTL", control))
        sequence += 1
        for pixels in (content for name, content in _chunks(frame) if name == b"IDAT"):
            if number == 0:  # The first frame is also the picture for programs without animation.
                parts.append(_chunk(b"IDAT", pixels))
            else:
                parts.append(_chunk(b"fdAT", struct.pack(">I", sequence) + pixels))
                sequence += 1
    return b"".join((*parts, _chunk(b"IEND", b"")))


def _delay(milliseconds: int) -> tuple[int, int]:
    """Return the delay as a fraction of a second."""
    if milliseconds <= _MAX_DELAY:
        return milliseconds, 1000
    return min(round(milliseconds / 1000), _MAX_DELAY), 1


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each chunk."""
    offset = len(_SIGNATURE)
    while offset < len(png):
        length = int.from_bytes(png[offset : offset + 4])
        yield png[offset + 4 : offset + 8], png[offset + 8 : offset + 8 + length]
        offset += 12 + length


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)
