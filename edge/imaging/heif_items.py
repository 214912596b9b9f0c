"""Read the items of a HEIC or an AVIF, and what a decoder does with them, from the boxes of the file.

Boxes and items: https://nokiatech.github.io/heif/technical.html
"""

from typing import Final

from edge.errors import NotAnImage
from edge.imaging.heif_boxes import MAX_ENTRIES, Box, Reader, check_length, read_boxes

_MAX_ITEMS: Final = 1_000
"""The maximum number of items, as in libheif."""
_MAX_PROPERTIES: Final = 255
"""The maximum number of properties of one item."""
_MAX_BYTES: Final = 524_288
"""The maximum number of bytes of the lists. A file with 1,000 items has less than 100,000."""
_MAX_PIECES: Final = 32
"""The maximum number of pieces of one item, as in libheif."""
_HEAD: Final = 18
"""The number of bytes with the size of a canvas."""
_IN_FILE, _IN_META = 0, 1
"""The methods to locate an item: an offset in the file, or in the box `idat` of the box `meta`."""


class Items:
    """The items of a file. Where a file describes an item twice, both descriptions count."""

    def __init__(self, data: bytes) -> None:
        self.primary = 0
        """The number of the item that a rendition shows."""
        self.kinds: dict[int, bytes] = {}
        """The type of each item, such as `hvc1` for a picture, or `grid` for a picture of tiles."""
        self.references: list[tuple[bytes, int, list[int]]] = []
        """The references: their type, the item that refers, and the items to which it refers."""
        self.properties: list[Box] = []
        self._associations: dict[int, list[int]] = {}
        self._pieces: dict[int, list[tuple[int, int, int]]] = {}
        """The pieces of each item: the method, which says what the offset is relative to, the offset and the length."""
        self._starts = {_IN_FILE: 0}
        self._data = data
        self._bytes = self._piece_count = self._box_count = 0

    def read(self, meta: Box) -> None:
        """Read a `meta` box. Raises NotAnImage if it is broken, and OriginalTooLarge if it has too many entries."""
        for box in self._read_boxes(meta.start + 4, meta.end):
            if box.kind == b"iprp":
                self._read_properties(box)
            elif box.kind == b"idat":
                self._starts[_IN_META] = box.start
            elif box.kind in (b"pitm", b"iinf", b"iloc", b"iref"):
                self._read_list(box, self._open(box))

    def properties_of(self, item: int) -> list[Box]:
        """Return the properties of an item, such as its size."""
        return [self.properties[index] for index in self._associations.get(item, ()) if index < len(self.properties)]

    def length(self, item: int) -> int:
        """Return the number of bytes of an item."""
        return sum(length for _, _, length in self._pieces.get(item, ()))

    def head(self, item: int) -> bytes:
        """Return the first bytes of an item; no bytes if its location is relative to another item."""
        pieces = [
            (self._starts.get(method, len(self._data)) + offset, min(length, _HEAD))
            for method, offset, length in self._pieces.get(item, ())
        ]
        return b"".join(self._data[start : start + length] for start, length in pieces)[:_HEAD]

    def _read_boxes(self, start: int, end: int) -> list[Box]:
        """Return the boxes between two offsets. Raises OriginalTooLarge if the file has too many boxes with items."""
        boxes = read_boxes(self._data, start, end)
        self._box_count += len(boxes)
        check_length(self._box_count, MAX_ENTRIES)
        return boxes

    def _open(self, box: Box) -> Reader:
        """Return a reader of a list. Raises OriginalTooLarge if the lists have too many bytes."""
        self._bytes += box.end - box.start
        check_length(self._bytes, _MAX_BYTES)
        return Reader(self._data, box)

    def _read_list(self, box: Box, reader: Reader) -> None:
        match box.kind:
            case b"pitm":
                self.primary = reader.number(4 if reader.version else 2)
            case b"iinf":
                reader.number(4 if reader.version else 2)
                for entry in self._read_boxes(reader.offset, box.end):
                    self._read_item(entry)
            case b"iloc":
                self._read_locations(reader)
            case _:
                for entry in self._read_boxes(reader.offset, box.end):
                    self._read_reference(entry, 4 if reader.version else 2)

    def _read_item(self, box: Box) -> None:
        """Read an `infe` box. pi-heif crashes if the type of metadata is not valid UTF-8."""
        reader = Reader(self._data, box)
        if reader.version < 2:
            return  # An item of this version has no type, and decoders ignore it.
        item = reader.number(4 if reader.version > 2 else 2)
        reader.number(2)
        texts = self._data[reader.offset : box.end]
        if not texts.isascii() or item in self.kinds:
            raise NotAnImage("The original is broken.", detail=f"the item {item} has no valid type")
        self.kinds[item] = texts[:4]
        check_length(len(self.kinds), _MAX_ITEMS)

    def _read_locations(self, reader: Reader) -> None:
        sizes = reader.number(2)
        offset_length, length_length, base_length = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
        index_length = sizes & 15 if reader.version else 0
        for _ in range(reader.count(4 if reader.version > 1 else 2)):
            item = reader.number(4 if reader.version > 1 else 2)
            method = reader.number(2) & 15 if reader.version else _IN_FILE
            reader.number(2)
            base = reader.number(base_length)
            pieces = self._pieces.setdefault(item, [])
            count = reader.number(2)
            self._piece_count += count
            check_length(len(pieces) + count, _MAX_PIECES)
            check_length(self._piece_count, MAX_ENTRIES)
            for _ in range(count):
                reader.number(index_length)
                offset = base + reader.number(offset_length)
                # The length 0 means that the item extends to the end of the file.
                length = reader.number(length_length) or len(self._data)
                pieces.append((method, offset, length))

    def _read_reference(self, box: Box, length: int) -> None:
        # The box has neither a version nor flags. The reader has read 4 bytes of the content for them.
        reader = Reader(self._data, box)
        reader.offset = box.start
        source = reader.number(length)
        targets = [reader.number(length) for _ in range(reader.count(2))]
        self.references.append((box.kind, source, targets))

    def _read_properties(self, container: Box) -> None:
        for box in self._read_boxes(container.start, container.end):
            if box.kind == b"ipco":
                self.properties += self._read_boxes(box.start, box.end)
            elif box.kind == b"ipma":
                self._read_associations(self._open(box))

    def _read_associations(self, reader: Reader) -> None:
        length = 2 if reader.flags & 1 else 1
        mask = (1 << 8 * length - 1) - 1  # The first bit says whether the property is essential.
        for _ in range(reader.count(4)):
            item = reader.number(4 if reader.version else 2)
            indices = [(reader.number(length) & mask) - 1 for _ in range(reader.number(1))]
            # The numbers of properties begin at 1, and 0 means none.
            properties = self._associations.setdefault(item, [])
            properties.extend(index for index in indices if index >= 0)
            check_length(len(properties), _MAX_PROPERTIES)
