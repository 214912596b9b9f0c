"""The checks of a HEIC or an AVIF before a decoder reads it."""

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

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
from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.imaging.heif import prepare
from tests.support.renditions import decode_rendition

SMALL = picture("heif", 64, 64)
LARGE = replace(SMALL, properties=(*SMALL.properties[:1], extent(7000, 7000)))
"""A picture that is only declared to be large: no decoder reads it in these tests."""
PICTURE = {"heif": SMALL, "avif": picture("avif", 64, 64)}
MAX_PIXELS = 50_000_000
INPUTS = b"dimg"
DESCRIBES = b"cdsc"
AUXILIARY = b"auxl"


def with_properties(item: Item, *properties: bytes) -> Item:
    return replace(item, properties=(*item.properties, *properties))


def tiles(kind: str, rows: int, columns: int) -> tuple[list[Item], list[Reference]]:
    """Return the items of a picture of tiles, which all share their bytes."""
    count = rows * columns
    items = [grid(rows, columns, 64 * columns, 64 * rows), *[PICTURE[kind]] * count]
    return items, [Reference(INPUTS, 1, range(2, count + 2))]


def locations(*items: int) -> bytes:
    """Return the locations of items in 32 empty pieces each."""
    entries = [struct.pack(">HHH", item, 0, 32) for item in items]
    return full_box(b"iloc", struct.pack(">HH", 0, len(items)), *entries)


@pytest.mark.parametrize("kind", ["heif", "avif"])
def test_picture_of_96_tiles_is_rendered(kind: str) -> None:
    assert decode_rendition(heif(kind, *tiles(kind, 8, 12)), width=60).size == (60, 40)


def test_phone_photograph_with_everything_is_rendered() -> None:
    """Tiles, a turn, a thumbnail, a gain map, a depth map, an alpha channel, metadata, and another photograph."""
    items, references = tiles("heif", 6, 8)
    items[0] = with_properties(items[0], ROTATION)
    auxiliary = [full_box(b"auxC", name + b"\0") for name in (b"urn:com:apple:hdrgainmap", b"urn:mpeg:depth", b"x:y")]
    items += [with_properties(SMALL, name) for name in auxiliary]
    gray = picture("heif", 64, 64, "L")
    items += [gray, SMALL, Item(b"Exif", b"\0\0\0\0II*\0\x08\0\0\0\0\0"), Item(b"mime", b"<x/>", content_type=b"a/b")]
    references += [Reference(AUXILIARY, number, [1]) for number in (50, 51, 52)]
    references += [Reference(b"thmb", 53, [1]), Reference(DESCRIBES, 55, [1, 54]), Reference(DESCRIBES, 56, [1])]

    assert decode_rendition(heif("heif", items, references), width=60).size == (60, 80)


def test_alpha_channel_is_rendered() -> None:
    alpha = with_properties(picture("avif", 64, 64, "L"), ALPHA)
    original = heif("avif", [PICTURE["avif"], alpha], [Reference(AUXILIARY, 2, [1])])

    assert decode_rendition(original, width=60).mode == "RGBA"


@pytest.mark.parametrize(
    "item", [Item(b"Ex\xe9f", b"x"), Item(b"mime", b"x", content_type=b"a/\xff")], ids=["type", "content type"]
)
def test_metadata_with_a_type_that_is_not_ascii_is_refused(item: Item) -> None:
    """pi-heif would end the process."""
    with pytest.raises(NotAnImage):
        decode_rendition(heif("heif", [SMALL, item], [Reference(DESCRIBES, 2, [1])]), width=60)


TOO_LARGE: dict[str, Callable[[], bytes]] = {
    "overlay of 900 items": lambda: heif(
        "heif", [overlay(900, 64, 64), *[LARGE] * 900], [Reference(INPUTS, 1, range(2, 902))]
    ),
    "5 references to one item": lambda: heif("avif", [overlay(5, 64, 64), LARGE], [Reference(INPUTS, 1, [2] * 5)]),
    "tiles larger than the picture": lambda: heif(
        "avif", [grid(15, 15, 64, 64), LARGE], [Reference(INPUTS, 1, [2] * 225)]
    ),
    "overlays of overlays": lambda: heif(
        "heif",
        [*[overlay(8, 64, 64)] * 5, SMALL],
        [Reference(INPUTS, number, [number + 1] * 8) for number in range(1, 6)],
    ),
    "an item that refers to itself": lambda: heif("heif", [overlay(1, 64, 64)], [Reference(INPUTS, 1, [1])]),
    "canvas of 30000x30000": lambda: heif(
        "heif",
        [replace(overlay(1, 30_000, 30_000), properties=(extent(64, 64),)), SMALL],
        [Reference(INPUTS, 1, [2])],
    ),
    "crop of a large picture": lambda: heif(
        "avif", [replace(SMALL, properties=(extent(9000, 9000), clean_aperture(64, 64)))]
    ),
    "alpha channel of 9000x9000": lambda: heif(
        "avif", [SMALL, replace(SMALL, properties=(extent(9000, 9000), ALPHA))], [Reference(AUXILIARY, 2, [1])]
    ),
    "alpha channel of one row": lambda: heif(
        "avif", [SMALL, replace(SMALL, properties=(extent(70_000, 1), ALPHA))], [Reference(AUXILIARY, 2, [1])]
    ),
    "200 turns": lambda: heif("heif", [with_properties(SMALL, *[ROTATION] * 200)]),
    "metadata of 900 items that share their bytes": lambda: heif(
        "heif", [SMALL, *[Item(b"Exif", bytes(50_000))] * 900], [Reference(DESCRIBES, n, [1]) for n in range(2, 902)]
    ),
    "metadata of 900 pictures": lambda: heif(
        "heif", [*[SMALL] * 900, Item(b"Exif", bytes(50_000))], [Reference(DESCRIBES, 901, range(1, 901))]
    ),
    "profile of 900 pictures": lambda: heif(
        "heif", [with_properties(SMALL, box(b"colr", b"prof", bytes(50_000)))] * 900
    ),
    "60,000 items": lambda: heif("avif", [PICTURE["avif"]] * 60_000),
    "20,000 boxes before the items": lambda: heif("heif", [SMALL], extra=box(b"free") * 20_000),
    "20,000 boxes inside of a box": lambda: heif("heif", [SMALL], extra=full_box(b"meta", box(b"free") * 20_000)),
    "600 kB of references": lambda: heif("heif", [SMALL], [Reference(b"thmb", 1, [1] * 9_000)] * 35),
    "4 descriptions of one item in 32 pieces each": lambda: heif(
        "heif", [SMALL], extra=full_box(b"meta", locations(*[1] * 4))
    ),
    "400 items in 32 pieces each": lambda: heif("heif", [SMALL], extra=full_box(b"meta", locations(*range(400)))),
    "20,000 boxes in lists of 100": lambda: heif(
        "heif", [SMALL], extra=full_box(b"meta", box(b"iprp", box(b"ipco", box(b"free") * 100) * 200))
    ),
    "list of four billion entries": lambda: heif(
        "heif",
        [SMALL],
        extra=full_box(b"meta", box(b"iprp", full_box(b"ipma", b"\xff\xff\xff\xff"))),
    ),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_small_file_that_takes_much_work_is_refused(name: str) -> None:
    with pytest.raises(OriginalTooLarge):
        prepare(TOO_LARGE[name](), MAX_PIXELS)


def test_item_of_a_type_that_no_phone_writes_is_refused() -> None:
    with pytest.raises(NotAnImage):
        prepare(heif("heif", [replace(SMALL, kind=b"unci")]), MAX_PIXELS)


def test_two_items_of_the_same_number_are_refused() -> None:
    original = heif("heif", [SMALL, SMALL])
    changed = original.replace(b"\0\x02\0\0hvc1", b"\0\x01\0\0hvc1")

    with pytest.raises(NotAnImage):
        prepare(changed, MAX_PIXELS)


def test_sequence_is_not_given_to_the_decoder() -> None:
    original = heif("heif", [SMALL], extra=box(b"moov", b"x" * 10))

    prepared = prepare(original, MAX_PIXELS)

    assert prepared == original.replace(b"moov", b"free")
    assert decode_rendition(original, width=60).size == (60, 60)


def test_truncated_boxes_are_refused_or_accepted_without_other_errors() -> None:
    """Each prefix of a file, and each file with one changed byte, gives a result or an error for viewers."""
    items, references = tiles("heif", 2, 2)
    original = heif("heif", items, references)
    end = original.index(b"mdat")
    changed = [original[:length] for length in range(end)]
    changed += [original[:at] + bytes([value]) + original[at + 1 :] for at in range(end) for value in (0, 127, 255)]

    accepted = 0
    for file in changed:
        with suppress(ImageError):
            prepare(file, MAX_PIXELS)
            accepted += 1

    assert 0 < accepted < len(changed)


def test_data_after_the_boxes_are_ignored() -> None:
    """Samsung's phones append the film of a motion photograph."""
    assert decode_rendition(heif("heif", [SMALL]) + b"\0\0\0\x01" + bytes(range(64)), width=60).size == (60, 60)
