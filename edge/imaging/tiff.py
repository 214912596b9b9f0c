"""Read the directory of a TIFF, and correct what libvips 8.18 would show wrongly or refuse.

libvips refuses pixels in L*a*b* of 8 bits. These are loaded as RGB, and declared as L*a*b* afterwards.
https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
https://libtiff.gitlab.io/libtiff/specification/bigtiff.html
"""

import struct
from typing import Final, Literal, NamedTuple

from edge.errors import NotAnImage, OriginalTooLarge, Reason
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
_NUMBERS: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q", 6: "B", 8: "H", 9: "I", 17: "Q"}
"""The types of whole numbers, and their formats in the module struct. libtiff reads the lengths of strips in each.

The last four types have a sign, but libtiff refuses negative numbers.
"""
_MAX_ENTRIES: Final = 4_096
"""The maximum number of entries of a directory, as in libtiff."""
_MAX_STRIPS: Final = 1_000_000
"""The maximum number of strips or tiles. A picture of 100 megapixels has 391,000 tiles of 16x16 pixels."""


class _Form(NamedTuple):
    """The lengths of the numbers in a TIFF or a BigTIFF."""

    start: int
    """The offset of the offset of the directory."""
    entry_count: int
    """The number of bytes of the number of entries."""
    number: int
    """The number of bytes of an offset, of the count of an entry, and of the content of an entry."""


_FORMS: Final = {42: _Form(start=4, entry_count=2, number=4), 43: _Form(start=8, entry_count=8, number=8)}
"""The forms of a TIFF and of a BigTIFF, by the version in the header."""


class Directory:
    """The directory of the first picture of a TIFF. A broken TIFF has an empty directory."""

    def __init__(self, data: bytes) -> None:
        self._order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
        self._entries: dict[int, int] = {}
        """The offset of the entry of each tag."""
        self.data = data
        self._form = _FORMS.get(self._number(2, 2), _FORMS[42])
        start = self._number(self._form.start, self._form.number)
        first = start + self._form.entry_count
        for number in range(min(self._number(start, self._form.entry_count), _MAX_ENTRIES)):
            offset = first + (4 + 2 * self._form.number) * number
            self._entries.setdefault(self._number(offset, 2), offset)
        self._is_lab = self._value(_PHOTOMETRIC_INTERPRETATION) == _CIELAB and self._value(_BITS_PER_SAMPLE) == 8
        if self._is_lab:
            value = self._entries[_PHOTOMETRIC_INTERPRETATION] + 4 + self._form.number
            self.data = data[:value] + _RGB.to_bytes(2, self._order) + data[value + 2 :]

    def check(self) -> None:
        """Raise NotAnImage if libvips would show wrong colors, or would decode the same bytes again and again.

        libvips shows wrong colors for YCbCr without JPEG, and for the old form of JPEG. Raises OriginalTooLarge if
        there are too many strips or tiles.
        """
        # libtiff reads the lengths from either entry, whether the picture has strips or tiles.
        lengths = [self._values(tag, _MAX_STRIPS + 1) for tag in (_STRIP_LENGTHS, _TILE_LENGTHS)]
        if max(map(len, lengths)) > _MAX_STRIPS:
            raise OriginalTooLarge(f"The original has more than {_MAX_STRIPS} strips or tiles.")
        if max(map(sum, lengths)) > len(self.data):
            raise NotAnImage("The original is broken.", detail="the strips of the TIFF have more bytes than the file")
        compression = self._value(_COMPRESSION)
        is_ycbcr = self._value(_PHOTOMETRIC_INTERPRETATION) == _YCBCR
        if compression == _OLD_JPEG or (is_ycbcr and compression != _JPEG):
            text = "The original is a TIFF with a compression that cannot be read."
            raise NotAnImage(text, reason=Reason.UNKNOWN_FORMAT)

    def decode_bands(self, image: Image) -> Image:
        """Return the colors of the picture that libvips has loaded from `data`, and its alpha channel if it has one."""
        extra = self._values(_EXTRA_SAMPLES, image.bands)
        if extra and len(extra) < image.bands:
            has_alpha = extra[0] in _ALPHA
            image = image.apply("extract_band", band=0, n=image.bands - len(extra) + has_alpha)
        if not self._is_lab:
            return image
        # In the file, a and b are -128 to 127. The pipeline resizes numbers without a sign.
        return image.apply("boolean_const", boolean="eor", c=[0, 128, 128]).apply("copy", interpretation="lab")

    def _value(self, tag: int) -> int | None:
        """Return the first number of an entry."""
        return next(iter(self._values(tag, 1)), None)

    def _values(self, tag: int, limit: int) -> tuple[int, ...]:
        """Return at most `limit` numbers of an entry. If the numbers do not fit into it, it has their offset."""
        entry = self._entries.get(tag)
        if entry is None or not (kind := _NUMBERS.get(self._number(entry + 2, 2))):
            return ()
        length = struct.calcsize(f"={kind}")
        count = self._number(entry + 4, self._form.number)
        start = entry + 4 + self._form.number
        if count * length > self._form.number:
            start = self._number(start, self._form.number)
        content = self.data[start : start + min(count, limit) * length]
        order = "<" if self._order == "little" else ">"
        return struct.unpack_from(f"{order}{len(content) // length}{kind}", content)

    def _number(self, offset: int, length: int) -> int:
        return int.from_bytes(self.data[offset : offset + length], self._order)
