"""The ICC profiles of the picture cases, built byte by byte."""

import struct
from collections.abc import Sequence
from typing import Final

_D50: Final = struct.pack(">iii", 63190, 65536, 54061)
"""The XYZ values of the D50 white point, as signed 15.16 fixed-point numbers."""
_DESCRIPTION: Final = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
_WHITE_POINT: Final = b"XYZ \0\0\0\0" + _D50


P3_PRIMARIES: Final = ((0.515, 0.241, -0.001), (0.292, 0.692, 0.042), (0.157, 0.067, 0.784))
"""The XYZ values (D50) of the primaries of Display P3."""


def matrix_profile(
    primaries: Sequence[tuple[float, float, float]],
    gamma: float,
    space: bytes = b"RGB ",
    *,
    more_tags: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return a profile with the XYZ values (D50) of the primaries, and one gamma.

    If there are no primaries, return a profile for gray images.
    """
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    xyz = [b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in point) for point in primaries]
    tags = [(b"desc", _padded(_DESCRIPTION)), (b"wtpt", _WHITE_POINT)]
    tags += list(zip((b"rXYZ", b"gXYZ", b"bXYZ"), xyz, strict=False))
    tags += [(tag, curve) for tag in ((b"rTRC", b"gTRC", b"bTRC") if primaries else (b"kTRC",))]
    tags += more_tags
    return _profile(tags, device_class=b"mntr", space=space, connection_space=b"XYZ ")


def matrix_chain(length: int) -> bytes:
    """Return the content of a tag: a chain of matrices with floating-point numbers, which all share their bytes."""
    matrix = b"matf" + bytes(4) + struct.pack(">HH", 3, 3) + struct.pack(">12f", 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    offset = 16 + 8 * length
    entries = struct.pack(">II", offset, len(matrix)) * length
    return b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, length) + entries + matrix


def cmyk_profile() -> bytes:
    """Return a CMYK profile with a table of 2x2x2x2 colors, similar to that of a printing press."""
    grid = b""
    for number in range(16):
        c, m, y, k = (number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1)
        light = 95 - 40 * c - 45 * m - 8 * y
        lightness = max(8.0, light * (1 - 0.88 * k))
        a, b = (-35 * c + 70 * m - 5 * y) * (1 - k), (-45 * c - 4 * m + 88 * y) * (1 - k)
        grid += struct.pack(">BBB", round(lightness * 2.55), round(a * 0.8) + 128, round(b * 0.8) + 128)
    identity = b"".join(struct.pack(">B", value) for value in range(256))
    table = b"mft1\0\0\0\0" + struct.pack(">BBBB", 4, 3, 2, 0)
    table += struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table += identity * 4 + grid + identity * 3
    tags = [(b"desc", _padded(_DESCRIPTION)), (b"wtpt", _WHITE_POINT), (b"A2B0", _padded(table))]
    return _profile(tags, device_class=b"prtr", space=b"CMYK", connection_space=b"Lab ")


def _profile(
    tags: Sequence[tuple[bytes, bytes]], *, device_class: bytes, space: bytes, connection_space: bytes
) -> bytes:
    """Return a profile, which consists of the header, the tag table and the contents of the tags."""
    offset, entries = 128 + 4 + 12 * len(tags), list[bytes]()
    for tag, content in tags:
        entries.append(tag + struct.pack(">II", offset, len(content)))
        offset += len(content)
    fields = (offset, b"test", 0x02400000, device_class, space, connection_space, bytes(12), b"acsp")
    header = struct.pack(">I4sI4s4s4s12s4s", *fields).ljust(68, b"\0") + _D50
    parts = [header.ljust(128, b"\0"), struct.pack(">I", len(tags)), *entries, *(content for _, content in tags)]
    return b"".join(parts)


def _padded(content: bytes) -> bytes:
    """Return the content of a tag, padded to a multiple of four bytes."""
    return content + bytes(-len(content) % 4)
