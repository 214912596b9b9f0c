"""Count the frames of a GIF up to a limit. Pillow has no such limit and always reads the whole file."""

from typing import Final

_EXTENSION: Final = 0x21
_IMAGE: Final = 0x2C
_TRAILER: Final = 0x3B


def count_frames(data: bytes, *, max_frames: int) -> int:
    """Return the number of frames, or `max_frames` + 1 if the GIF has more frames.

    In a broken file, the count ends at the first error, which the decoder reports later. https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    """
    count = 0
    try:
        offset = 13 + _color_table_length(data[10])
        while count <= max_frames and data[offset] != _TRAILER:
            if data[offset] == _EXTENSION:
                offset = _skip_sub_blocks(data, offset + 2)
            elif data[offset] == _IMAGE:
                count += 1
                offset = _skip_sub_blocks(data, offset + 11 + _color_table_length(data[offset + 9]))
            else:  # Decoders skip bytes that are not the start of a block.
                offset += 1
    except IndexError:
        pass
    return count


def _color_table_length(flags: int) -> int:
    """Return the number of bytes of a color table from its packed flags; 0 if there is no color table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, offset: int) -> int:
    """Return the offset after the chain of sub-blocks that starts at `offset`."""
    while data[offset]:
        offset += data[offset] + 1
    return offset + 1
