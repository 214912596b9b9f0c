"""Hostile and broken HEIC and AVIF originals."""

import struct
from base64 import b85decode
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PIL import Image

from conformance.heif_files import (
    ALPHA,
    ROTATION,
    Item,
    Reference,
    box,
    clean_aperture,
    extent,
    full_box,
    grid,
    heif,
    overlay,
    picture,
)
from conformance.pictures import encode, quadrants

_INPUTS, _DESCRIBES, _AUXILIARY = b"dimg", b"cdsc", b"auxl"


def _avif_with_declared_size(width: int, height: int) -> bytes:
    """Return a small AVIF whose `ispe` box declares another size. A real AVIF of 17000x17000 would need a grid."""
    data = bytearray(encode(quadrants(64, 64), "avif"))
    start = data.index(b"ispe")
    data[start + 8 : start + 16] = struct.pack(">II", width, height)
    return bytes(data)


def _declared(kind: str, side: int) -> Item:
    """Return a small picture that declares another size."""
    small = picture(kind, 64, 64)
    return replace(small, properties=(*small.properties[:1], extent(side, side)))


def _with_properties(item: Item, *properties: bytes) -> Item:
    return replace(item, properties=(*item.properties, *properties))


def _composed(kind: str, item: Item, part: Item, count: int) -> bytes:
    """Return a file with an item that consists of `count` items, which all share their bytes."""
    return heif(kind, [item, *[part] * count], [Reference(_INPUTS, 1, range(2, count + 2))])


def _with_metadata(item: Item) -> bytes:
    return heif("heif", [picture("heif", 64, 64), item], [Reference(_DESCRIBES, 2, [1])])


def _large_metadata() -> bytes:
    metadata = Item(b"Exif", bytes(4_000_000))
    references = [Reference(_DESCRIBES, number, [1]) for number in range(2, 902)]
    return heif("heif", [picture("heif", 64, 64), *[metadata] * 900], references)


def _metadata_in_many_pieces() -> bytes:
    """Return a HEIC with 10,000 descriptions of one item in 32 empty pieces each, and 400 references to nothing."""
    descriptions = struct.pack(">HHH", 1, 0, 32) * 10_000
    locations = full_box(b"iloc", struct.pack(">HH", 0, 10_000), descriptions)
    references = full_box(b"iref", box(_DESCRIBES, struct.pack(">HH", 1, 0)) * 400)
    return heif("heif", [picture("heif", 64, 64)], extra=full_box(b"meta", locations, references))


def _empty_properties() -> bytes:
    """Return a HEIC of 48 MB with six million empty boxes, of which no list has more than 10,000."""
    properties = box(b"ipco", box(b"free") * 10_000) * 600
    return heif("heif", [picture("heif", 64, 64)], extra=full_box(b"meta", box(b"iprp", properties)))


def _avif_sequence(kind: bytes, offset: int, value: int) -> bytes:
    """Return an AVIF sequence with a changed number of 32 bits after the type of the first box of this kind."""
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "green", "blue")]
    data = bytearray(encode(frames[0], "avif", save_all=True, append_images=frames[1:], duration=100))
    start = data.index(kind) + 4 + offset
    data[start : start + 4] = struct.pack(">I", value)
    return bytes(data)


REFUSED: Final[dict[str, Callable[[], bytes]]] = {
    "AVIF with a declared size of 17000x17000": lambda: _avif_with_declared_size(17000, 17000),
    "AVIF signature followed by noise": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(range(64)),
    "AVIF of 64x64 cropped from 16000x16000": lambda: heif(
        "avif", [_with_properties(_declared("avif", 16_000), clean_aperture(64, 64))]
    ),
    "AVIF of 64x64 with tiles of 7000x7000": lambda: heif(
        "avif", [grid(15, 15, 64, 64), _declared("avif", 7000)], [Reference(_INPUTS, 1, [2] * 225)]
    ),
    "AVIF turned 200 times": lambda: heif("avif", [_with_properties(_declared("avif", 7000), *[ROTATION] * 200)]),
    "AVIF of 64x64 with an alpha channel of 9000x9000": lambda: heif(
        "avif",
        [picture("avif", 64, 64), _with_properties(_declared("avif", 9000), ALPHA)],
        [Reference(_AUXILIARY, 2, [1])],
    ),
    "AVIF sequence with four billion frames": lambda: _avif_sequence(b"stsz", 8, 0xFFFF_FFFF),
    "HEIC with metadata of a type that is not a text": lambda: _with_metadata(Item(b"Ex\xe9f", b"x")),
    "HEIC with a content type that is not a text": lambda: _with_metadata(Item(b"mime", b"x", (), b"\xff")),
    "HEIC of 900 pictures over each other that share their bytes": lambda: _composed(
        "heif", overlay(900, 64, 64), picture("heif", 512, 512), 900
    ),
    "HEIC of 64x64 with a canvas of 30000x30000": lambda: _composed(
        "heif", replace(overlay(1, 30_000, 30_000), properties=(extent(64, 64),)), picture("heif", 64, 64), 1
    ),
    "HEIC with 3.6 GB of metadata that share their bytes": _large_metadata,
    "HEIC with metadata in 320,000 pieces": _metadata_in_many_pieces,
    "HEIC with six million empty properties": _empty_properties,
    "HEIC of 900 pictures that share a profile of 4 MB": lambda: heif(
        "heif", [_with_properties(picture("heif", 64, 64), box(b"colr", b"prof", bytes(4_000_000)))] * 900
    ),
    "HEIC of 900 pictures that are made of each other": lambda: heif(
        "heif",
        [*[Item(b"iden", b"", (extent(64, 64),))] * 899, picture("heif", 64, 64)],
        [Reference(_INPUTS, number, [number + 1]) for number in range(1, 900)],
    ),
}
HARMLESS: Final[dict[str, Callable[[], bytes]]] = {
    "HEIC of 48 tiles that share their bytes": lambda: _composed(
        "heif", grid(6, 8, 512, 384), picture("heif", 64, 64), 48
    ),
    "HEIC with 250 alpha channels": lambda: heif(
        "heif",
        [*[picture("heif", 64, 64)], *[_with_properties(picture("heif", 64, 64), ALPHA)] * 250],
        [Reference(_AUXILIARY, number, [1]) for number in range(2, 252)],
    ),
}
"""Originals that a resizer can also render safely."""
DAMAGED_PARAMETER_SET: Final = b85decode(
    "0000OW^{RQXk}?*00000ZE0pPXk}?*0003gZDn*}000000000XXk=`10000000000aA{+7000000000000000000004sdC7Z2$lO000310016oY;"
    "R)#0000)000310RR910RR92NdN!<5dZ)HBWY=FW&i*H00031000$fZf0cy000000RRAKc4ILB00023X>f9I0001vX>en20001TXm(>m0R#vD005u"
    "(000009`FGC{Qv&|01pFT0096OKmiN^|NjIC00093pZEX(0{{RXx&lC90096dLID8;2mk;B0H62(00RI39>9VG7F($#rn#^n00096AOHXZ03l)k0"
    "RRU?0l{*xB0vBD02FC+aAg1h0000006+i$06+i$02gU+ZD9Za00961009620)PPk0ssI28Es@?bN~PV4JZMw3NZ8?<iGegVuk"
)
"""A HEIC that corrupts the heap of its decoder, libde265 1.1.0. Decode it only in a process that may crash."""
