"""Remove the texts of a PNG. Decoders would decompress all of them, up to 8 MB each, and no rendition contains them.

https://www.w3.org/TR/png-3/#11textinfo
"""

from typing import Final

from edge.errors import OriginalTooLarge

_SIGNATURE_LENGTH: Final = 8
_TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt")
_END: Final = b"IEND"
_MAX_CHUNKS: Final = 100_000
"""The maximum number of chunks. A PNG of 50 MB has at most 6,000, because encoders write chunks of 8 kB or more.

An APNG has two more for each frame.
"""


def remove_texts(data: bytes) -> bytes:
    """Return the PNG without texts. Raises OriginalTooLarge if there are too many chunks."""
    parts: list[bytes] = []
    offset, kept = _SIGNATURE_LENGTH, 0
    for _ in range(_MAX_CHUNKS):
        name = data[offset + 4 : offset + 8]
        end = offset + 12 + int.from_bytes(data[offset : offset + 4])
        if name in _TEXTS:
            parts.append(data[kept:offset])
            kept = end
        if name == _END or len(name) < len(_END):
            return b"".join([*parts, data[kept:]]) if parts else data
        offset = end
    raise OriginalTooLarge(f"The original has more than {_MAX_CHUNKS} chunks.")
