"""The one thing that Pillow cannot tell of a GIF without walking through all of it: that it has too many frames."""

from typing import Final

_EXTENSION: Final = 0x21
_FRAME: Final = 0x2C
_TRAILER: Final = 0x3B


def frames(data: bytes, *, most: int) -> int:
    """How many frames there are, counted to `most` + 1 at the furthest; what is broken is for the decoder to say.

    https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    """
    count = 0
    try:
        at = 13 + _colour_table(data[10])
        while count <= most and data[at] != _TRAILER:
            if data[at] == _EXTENSION:
                at = _after_blocks(data, at + 2)
            elif data[at] == _FRAME:
                count += 1
                at = _after_blocks(data, at + 11 + _colour_table(data[at + 9]))
            else:  # decoders step over what they do not know
                at += 1
    except IndexError:
        pass
    return count


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that follows, if one does."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where the chain of sub-blocks that starts here ends."""
    while data[at]:
        at += data[at] + 1
    return at + 1
