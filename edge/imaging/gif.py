"""Read the structure of a GIF without its pixels, and change what libvips would show differently from browsers.

https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""

from contextlib import suppress
from typing import Final

from edge.errors import OriginalTooLarge
from edge.imaging.geometry import Size

_EXTENSION: Final = 0x21
_GRAPHIC_CONTROL: Final = 0xF9
_IMAGE: Final = 0x2C
_TRAILER: Final = 0x3B
_HAS_TRANSPARENT_COLOR: Final = 0x01
_DISPOSAL: Final = 0x1C
_RESTORE_BACKGROUND: Final = 0x08
"""The disposal method 2, at its place among the flags of a graphic control extension."""
_MAX_BLOCKS: Final = 2_000_000
"""The maximum number of blocks and sub-blocks to read. A GIF of 50 MB, as encoders write it, has 200,000."""


class Structure:
    """The frames of a GIF, and the frames whose background libvips would restore in an opaque color."""

    def __init__(self, data: bytes, *, max_frames: int) -> None:
        """Read the blocks until the end of the file or the first error, or until there are too many frames.

        A decoder reports the error later. Raises OriginalTooLarge if there are too many blocks.
        """
        self.frame_count = 0
        """The number of frames, at most `max_frames` + 1."""
        self._first_frame_end: int | None = None
        self._data = data
        self._opaque_controls: list[tuple[int, int]] = []
        self._blocks_left = _MAX_BLOCKS
        with suppress(IndexError):
            self._read_blocks(max_frames)

    def first_frame(self) -> bytes:
        """Return a GIF of the first frame, so that a decoder does not read the other frames.

        If the first frame does not end, return the whole file, which the decoder refuses.
        """
        if self._first_frame_end is None:
            return self._data
        return self._data[: self._first_frame_end] + bytes([_TRAILER])

    def with_transparent_background(self) -> bytes:
        """Return a GIF in which a frame that restores the background makes its area transparent, as in browsers.

        libvips fills the area with the background color, except if the frame has a transparent color. So each of these
        frames gets one: a number that is not in its color table. A frame with 256 colors has no number left.
        """
        if not self._opaque_controls:
            return self._data
        changed = bytearray(self._data)
        for offset, colors in self._opaque_controls:
            changed[offset] |= _HAS_TRANSPARENT_COLOR
            changed[offset + 3] = colors
        return bytes(changed)

    def _read_blocks(self, max_frames: int) -> None:
        data = self._data
        global_colors = _color_count(data[10])
        offset, control = 13 + 3 * global_colors, 0
        while self.frame_count <= max_frames and data[offset] != _TRAILER:
            if data[offset] == _EXTENSION:
                control = offset + 3 if data[offset + 1] == _GRAPHIC_CONTROL else control
                offset = self._skip_sub_blocks(offset + 2)
            elif data[offset] == _IMAGE:
                local_colors = _color_count(data[offset + 9])
                self._note_disposal(control, local_colors or global_colors)
                offset, control = self._skip_sub_blocks(offset + 11 + 3 * local_colors), 0
                self._first_frame_end = self._first_frame_end or offset
                self.frame_count += 1
            else:  # Decoders skip bytes that are not the start of a block.
                offset = self._skip(offset, 1)

    def _note_disposal(self, control: int, colors: int) -> None:
        flags = self._data[control] if control else 0
        if flags & _DISPOSAL == _RESTORE_BACKGROUND and not flags & _HAS_TRANSPARENT_COLOR and 0 < colors < 256:
            self._opaque_controls.append((control, colors))

    def _skip_sub_blocks(self, offset: int) -> int:
        """Return the offset after the chain of sub-blocks that starts at `offset`."""
        while length := self._data[offset]:
            offset = self._skip(offset, length + 1)
        return offset + 1

    def _skip(self, offset: int, length: int) -> int:
        self._blocks_left -= 1
        if not self._blocks_left:
            raise OriginalTooLarge(f"The original has more than {_MAX_BLOCKS} blocks.")
        return offset + length


def screen_size(data: bytes) -> Size:
    """Return the width and the height of the screen that contains all frames."""
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _color_count(flags: int) -> int:
    """Return the number of colors of a color table from its packed flags; 0 if there is no color table."""
    return 2 << (flags & 7) if flags & 0x80 else 0
