"""Read the size of a WebP before libvips does, which allocates memory for the whole picture when it reads the header.

https://developers.google.com/speed/webp/docs/riff_container
"""

from edge.imaging.geometry import Size

_SIDE_BITS = 14


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


def _low_bits(value: int) -> int:
    return value & ((1 << _SIDE_BITS) - 1)
