"""HEIC and AVIF files with any items, references and properties, built box by box.

Only the coded pictures in them come from an encoder.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image

from conformance.pictures import encode

_CODECS: Final = {"heif": (b"hvc1", b"hvcC", b"heic"), "avif": (b"av01", b"av1C", b"avif")}
"""For each of Pillow's names: the type of an item, the type of its configuration, and the brand of the file."""
_ESSENTIAL: Final = (b"hvcC", b"av1C", b"irot", b"imir", b"clap")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a file. Items with the same content share its bytes."""

    kind: bytes
    content: bytes
    properties: tuple[bytes, ...] = ()
    content_type: bytes = b""
    """The content type, if the kind is `mime`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of one item to others. The numbers of the items begin at 1."""

    kind: bytes
    source: int
    targets: Sequence[int]


def box(kind: bytes, *contents: bytes) -> bytes:
    """Return a box."""
    content = b"".join(contents)
    return struct.pack(">I", 8 + len(content)) + kind + content


def full_box(kind: bytes, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *contents)


def extent(width: int, height: int) -> bytes:
    """Return the property that declares the size of a picture."""
    return full_box(b"ispe", struct.pack(">II", width, height))


def clean_aperture(width: int, height: int) -> bytes:
    """Return the property that crops a picture to its center."""
    return box(b"clap", struct.pack(">8I", width, 1, height, 1, 0, 1, 0, 1))


ROTATION: Final = box(b"irot", b"\1")
"""The property that turns a picture by 90 degrees."""
ALPHA: Final = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
"""The property of an alpha channel."""


@cache
def picture(kind: str, width: int, height: int, mode: str = "RGB") -> Item:
    """Return an item with a picture of one color, which an encoder has coded."""
    item_kind, configuration_kind, _ = _CODECS[kind]
    options = {"speed": 10} if kind == "avif" else {}
    color = 90 if mode == "L" else (90, 128, 200)
    data = encode(Image.new(mode, (width, height), color), kind, quality=1, **options)
    start = data.index(configuration_kind) - 4
    length = int.from_bytes(data[start : start + 4])
    _, _, content = data.partition(b"mdat")
    return Item(item_kind, content, (data[start : start + length], extent(width, height)))


def grid(rows: int, columns: int, width: int, height: int) -> Item:
    """Return an item that consists of tiles."""
    content = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    return Item(b"grid", content, (extent(width, height),))


def overlay(count: int, width: int, height: int) -> Item:
    """Return an item that consists of `count` pictures on top of each other."""
    content = struct.pack(">BB4HII", 0, 1, 0, 0, 0, 65535, width, height) + bytes(8 * count)
    return Item(b"iovl", content, (extent(width, height),))


def heif(kind: str, items: Sequence[Item], references: Sequence[Reference] = (), *, extra: bytes = b"") -> bytes:
    """Return a file that shows its first item. `extra` is written before the box `meta`."""
    brand = _CODECS[kind][2]
    start = box(b"ftyp", brand, bytes(4), b"mif1", brand) + extra
    length = len(_meta(items, references, {}))
    offsets: dict[bytes, int] = {}
    offset = len(start) + length + 8
    for content in dict.fromkeys(item.content for item in items):
        offsets[content] = offset
        offset += len(content)
    return start + _meta(items, references, offsets) + box(b"mdat", *offsets)


def _meta(items: Sequence[Item], references: Sequence[Reference], offsets: dict[bytes, int]) -> bytes:
    numbers = range(1, len(items) + 1)
    entries = [
        full_box(b"infe", struct.pack(">HH", number, 0), item.kind, b"\0", _content_type(item), version=2)
        for number, item in zip(numbers, items, strict=True)
    ]
    locations = [
        struct.pack(">HHHII", number, 0, 1, offsets.get(item.content, 0), len(item.content))
        for number, item in zip(numbers, items, strict=True)
    ]
    links = [
        box(link.kind, struct.pack(f">HH{len(link.targets)}H", link.source, len(link.targets), *link.targets))
        for link in references
    ]
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", 1)),
        full_box(b"iloc", b"\x44\0", struct.pack(">H", len(items)), *locations),
        full_box(b"iinf", struct.pack(">H", len(items)), *entries),
        *([full_box(b"iref", *links)] if links else []),
        _properties(items),
    )


def _content_type(item: Item) -> bytes:
    return item.content_type + b"\0" if item.kind == b"mime" else b""


def _properties(items: Sequence[Item]) -> bytes:
    properties = list(dict.fromkeys(entry for item in items for entry in item.properties))
    numbers = {entry: index + 1 | (0x8000 if entry[4:8] in _ESSENTIAL else 0) for index, entry in enumerate(properties)}
    associations = [
        struct.pack(f">HB{len(item.properties)}H", index + 1, len(item.properties), *map(numbers.get, item.properties))
        for index, item in enumerate(items)
    ]
    count = struct.pack(">I", len(items))
    return box(b"iprp", box(b"ipco", *properties), full_box(b"ipma", count, *associations, flags=1))
