"""JPEG files with any markers, built segment by segment. https://www.w3.org/Graphics/JPEG/itu-t81.pdf"""

import struct
from typing import Final

_QUANTIZATION: Final = b"\0" + b"\1" * 64
_DC_CODES: Final = b"\0" + bytes([1, 1, *[0] * 14, 0, 1])
"""A Huffman table for the first coefficients of the blocks: the bit 0 means no difference to the block before."""
_AC_CODES: Final = b"\x10" + bytes([1, 1, *[0] * 14, 0xE0, 0])
"""A Huffman table for the other coefficients: the bit 0 means that they are zero in the next 16,384 blocks and more."""
_PROGRESSIVE: Final = 0xC2


def segment(marker: int, content: bytes = b"") -> bytes:
    """Return a segment, which has at most 65,533 bytes of content."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def scan(components: range, first: int = 1, last: int = 63, content: bytes = b"") -> bytes:
    """Return a scan with the coefficients `first` to `last` of the components."""
    tables = b"".join(bytes([component, 0]) for component in components)
    return segment(0xDA, bytes([len(components)]) + tables + bytes([first, last, 0])) + content


def progressive_jpeg(width: int, height: int, component_count: int, *scans: bytes) -> bytes:
    """Return a progressive JPEG of one color. `scans` follow after the scan of the first coefficients."""
    components = range(1, component_count + 1)
    header = struct.pack(">BHHB", 8, height, width, component_count)
    header += b"".join(bytes([component, 0x11, 0]) for component in components)
    blocks = -(-width // 8) * -(-height // 8) * component_count
    tables = segment(0xDB, _QUANTIZATION) + segment(0xC4, _DC_CODES) + segment(0xC4, _AC_CODES)
    start = b"\xff\xd8" + tables + segment(_PROGRESSIVE, header)
    return start + scan(components, 0, 0, bytes(blocks // 8 + 1)) + b"".join(scans) + b"\xff\xd9"


def insert_after_start(data: bytes, extra: bytes) -> bytes:
    """Return a JPEG with bytes after the marker at its start."""
    return data[:2] + extra + data[2:]
