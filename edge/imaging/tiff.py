"""Read the directory of a TIFF, and correct what libvips 8.18 would show wrongly or refuse.

libvips refuses pixels in L*a*b* of 8 bits. These are loaded as RGB, and declared as L*a*b* afterwards.
https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
"""

from typing import Final, Literal

from edge.errors import NotAnImage
from edge.imaging.vips import Image

_BITS_PER_SAMPLE: Final = 258
_COMPRESSION: Final = 259
_PHOTOMETRIC_INTERPRETATION: Final = 262
_STRIP_LENGTHS: Final = 279
_TILE_LENGTHS: Final = 325
_EXTRA_SAMPLES: Final = 338

_OLD_JPEG, _JPEG = 6, 7
_RGB, _YCBCR, _CIELAB = 2, 6, 8
_ALPHA: Final = (1, 2)
"""The kinds of extra samples that are an alpha channel. The other kinds are masks of programs for editing."""
_ENTRY_LENGTH: Final = 12
_SHORT: Final = 3
"""The type of numbers of 16 bits. Other numbers that this module reads have 32 bits."""


class Directory:
    """The directory of the first picture of a TIFF. A BigTIFF or a broken TIFF has an empty directory."""

    def __init__(self, data: bytes) -> None:
        self._order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
        self._entries: dict[int, int] = {}
        """The offset of the entry of each tag."""
        self.data = data
        start = self._number(4, 4)
        for number in range(self._number(start, 2) if self._number(2, 2) == 42 else 0):
            offset = start + 2 + _ENTRY_LENGTH * number
            self._entries.setdefault(self._number(offset, 2), offset)
        self._is_lab = self._value(_PHOTOMETRIC_INTERPRETATION) == _CIELAB and self._value(_BITS_PER_SAMPLE) == 8
        if self._is_lab:
            value = self._entries[_PHOTOMETRIC_INTERPRETATION] + 8
            self.data = data[:value] + _RGB.to_bytes(2, self._order) + data[value + 2 :]

    def check(self) -> None:
        """Raise NotAnImage if libvips would show wrong colors, or would decode the same bytes again and again.

        libvips shows wrong colors for YCbCr without JPEG, and for the old form of JPEG.
        """
        if sum(self._values(_STRIP_LENGTHS) or self._values(_TILE_LENGTHS)) > len(self.data):
            raise NotAnImage("The original is broken.", detail="the strips of the TIFF have more bytes than the file")
        compression = self._value(_COMPRESSION)
        is_ycbcr = self._value(_PHOTOMETRIC_INTERPRETATION) == _YCBCR
        if compression == _OLD_JPEG or (is_ycbcr and compression != _JPEG):
            raise NotAnImage("The original is a TIFF with a compression that cannot be read.")

    def decode_bands(self, image: Image) -> Image:
        """Return the colors of the picture that libvips has loaded from `data`, and its alpha channel if it has one."""
        extra = self._values(_EXTRA_SAMPLES)
        if extra and len(extra) < image.bands:
            has_alpha = extra[0] in _ALPHA
            image = image.apply("extract_band", band=0, n=image.bands - len(extra) + has_alpha)
        if not self._is_lab:
            return image
        # In the file, a and b are -128 to 127. The pipeline resizes numbers without a sign.
        return image.apply("boolean_const", boolean="eor", c=[0, 128, 128]).apply("copy", interpretation="lab")

    def _value(self, tag: int) -> int | None:
        return next(iter(self._values(tag)), None)

    def _values(self, tag: int) -> list[int]:
        """Return the numbers of an entry. If they take more than four bytes, the entry has their offset."""
        entry = self._entries.get(tag)
        if entry is None:
            return []
        length = 2 if self._number(entry + 2, 2) == _SHORT else 4
        count = self._number(entry + 4, 4)
        start = entry + 8 if count * length <= 4 else self._number(entry + 8, 4)
        content = self.data[start : start + count * length]
        return [
            int.from_bytes(content[offset : offset + length], self._order) for offset in range(0, len(content), length)
        ]

    def _number(self, offset: int, length: int) -> int:
        return int.from_bytes(self.data[offset : offset + length], self._order)
