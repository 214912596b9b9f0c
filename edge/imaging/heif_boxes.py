"""Read the boxes of a HEIC or an AVIF, within the bounds of the file and in a time proportional to its length.

ISO/IEC 14496-12 defines the boxes. A box has a length, a type and a content, which can consist of boxes.
"""

from typing import Final, NamedTuple

from edge.errors import NotAnImage, OriginalTooLarge

MAX_ENTRIES: Final = 10_000
"""The maximum number of entries of one list. libheif reads at most 1,000 items, and each has a few entries."""


class Box(NamedTuple):
    """A box of the file: its type, and the offsets of its content."""

    kind: bytes
    start: int
    end: int


class Reader:
    """Reads the numbers of a box, of which the first are a version and flags. Raises NotAnImage after the last one."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data = data
        self._end = box.end
        self.offset = box.start
        self.version, self.flags = self.number(1), self.number(3)

    def number(self, length: int) -> int:
        """Return the next number, which has `length` bytes."""
        start, self.offset = self.offset, self.offset + length
        if self.offset > self._end:
            raise NotAnImage("The original is broken.", detail="a box ends too early")
        return int.from_bytes(self._data[start : self.offset])

    def count(self, length: int) -> int:
        """Return the next number, which is the length of a list. Raises OriginalTooLarge if the list is long."""
        value = self.number(length)
        check_length(value, MAX_ENTRIES)
        return value


def read_boxes(data: bytes, start: int, end: int) -> list[Box]:
    """Return the boxes between two offsets. Raises NotAnImage if one is broken, OriginalTooLarge if there are many."""
    boxes: list[Box] = []
    while start < end:
        box = read_box(data, start, end)
        if not box.start <= box.end <= end:
            raise NotAnImage("The original is broken.", detail=f"the box at {start} has a wrong length")
        boxes.append(box)
        check_length(len(boxes), MAX_ENTRIES)
        start = box.end
    return boxes


def read_box(data: bytes, offset: int, end: int) -> Box:
    """Return the box at an offset. A broken box can end before its content starts, or after `end`."""
    length, start = int.from_bytes(data[offset : offset + 4]), offset + 8
    if length == 1:
        length, start = int.from_bytes(data[start : start + 8]), start + 8
    return Box(kind=data[offset + 4 : offset + 8], start=start, end=offset + length if length else end)


def check_length(entries: int, limit: int) -> None:
    """Raise OriginalTooLarge if a list has more entries than `limit`."""
    if entries > limit:
        raise OriginalTooLarge(f"The original has a list with more than {limit} entries.", detail=f"{entries} entries")
