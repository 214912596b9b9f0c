"""Check a HEIC or an AVIF before a decoder reads it: how much of it is decoded or copied again and again.

A decoder decodes an item once for each reference to it, and copies metadata once for each picture, so that a small
file can take minutes and gigabytes.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final

from edge.errors import NotAnImage, OriginalTooLarge
from edge.imaging.geometry import Size
from edge.imaging.heif_boxes import MAX_ENTRIES, Box, check_length, read_box
from edge.imaging.heif_items import Items
from edge.imaging.original import check_pixel_limit, check_sides

_MAX_DECODED_ITEMS: Final = 1_000
"""The maximum number of items of which a picture consists, such as tiles. libheif reads at most 1,000 items."""
_MAX_DEPTH: Final = 8
"""The maximum number of items that are made of each other. A picture of tiles with an alpha channel has three."""
_MAX_TRANSFORMATIONS: Final = 8
"""The maximum number of turns, flips and crops of one item. Encoders write at most one of each."""
_MAX_METADATA: Final = 33_554_432
"""The maximum number of bytes of the metadata and of the profiles of all pictures of a file together."""
_PIXEL_FACTOR: Final = 4
"""The maximum number of pixels of all items together, relative to the maximum of one item.

A picture of tiles with an alpha channel takes this number: the pixels of two canvases, and of the tiles of each.
"""
_DECODABLE: Final = (b"hvc1", b"hev1", b"av01", b"grid", b"iovl", b"iden")
_CANVAS: Final = {b"grid": 4, b"iovl": 10}
"""The offset of the width and the height in the content of an item that is composed of others."""
_TRANSFORMATIONS: Final = (b"irot", b"imir", b"clap")
_ALPHA: Final = (b":auxid:1\0", b":alpha\0")
"""The ends of the names of alpha channels. Depth maps and gain maps have other names, and are not decoded."""
_MAX_NAME: Final = 100
_BLOCK: Final = 64


def prepare(data: bytes, max_pixels: int) -> bytes:
    """Check the file, and return it without its sequence, so that no decoder reads the sequence.

    `max_pixels` is the maximum number of pixels of each item. Raises NotAnImage if the file is broken, and
    OriginalTooLarge if a decoder would take much memory or time.
    """
    items = Items(data)
    boxes = list(_file_boxes(data))
    for _, box in boxes:
        if box.kind == b"meta":
            items.read(box)
    kinds = {box.kind for _, box in boxes}
    if b"mini" not in kinds or b"meta" in kinds:  # The short form `mini` has only one picture and an alpha channel.
        _check_metadata(items)
        _check_decoded_items(items, data, max_pixels)
    return _without_sequence(data, [offset for offset, box in boxes if box.kind == b"moov"])


def _without_sequence(data: bytes, offsets: list[int]) -> bytes:
    """Return the file with the type `free`, which decoders skip, of the boxes at the offsets."""
    if not offsets:
        return data
    changed = bytearray(data)
    for offset in offsets:
        changed[offset + 4 : offset + 8] = b"free"
    return bytes(changed)


def _file_boxes(data: bytes) -> Iterator[tuple[int, Box]]:
    """Yield the boxes of the file with their offsets.

    The last box can be truncated, and phones append data that are not boxes.
    """
    start = 0
    for number in count():
        box = read_box(data, start, len(data))
        if not start < box.start <= box.end:
            return
        check_length(number, MAX_ENTRIES)
        yield start, box._replace(end=min(box.end, len(data)))
        start = box.end


def _check_metadata(items: Items) -> None:
    """Check the bytes that decoders copy: the metadata of each picture, and the profile of each picture."""
    total = sum(items.length(source) * len(targets) for kind, source, targets in items.references if kind == b"cdsc")
    for item in items.kinds:
        total += sum(box.end - box.start for box in items.properties_of(item) if box.kind == b"colr")
    if total > _MAX_METADATA:
        raise OriginalTooLarge(f"The original has more than {_MAX_METADATA} bytes of metadata.", detail=f"{total}")


def _check_decoded_items(items: Items, data: bytes, max_pixels: int) -> None:
    """Check the items that a decoder decodes for the primary picture."""
    inputs = _inputs(items, data)
    pending = [(items.primary, 1)]
    decoded = pixels = 0
    while pending:
        item, depth = pending.pop()
        decoded += 1
        check_length(depth, _MAX_DEPTH)
        check_length(decoded + len(pending), _MAX_DECODED_ITEMS)
        if items.kinds.get(item) not in _DECODABLE:
            raise NotAnImage("The original is broken.", detail=f"item {item} is of type {items.kinds.get(item)}")
        check_length(sum(box.kind in _TRANSFORMATIONS for box in items.properties_of(item)), _MAX_TRANSFORMATIONS)
        pixels += max((_check_size(size, max_pixels) for size in _sizes(items, item, data)), default=0)
        pending += [(other, depth + 1) for other in inputs.get(item, ())]
    check_pixel_limit(pixels, max_pixels * _PIXEL_FACTOR)


def _inputs(items: Items, data: bytes) -> dict[int, list[int]]:
    """Return the items that a decoder decodes for each item: its tiles, and its alpha channel."""
    inputs: dict[int, list[int]] = {}
    alphas = {item for item in items.kinds if _is_alpha(items, item, data)}
    for kind, source, targets in items.references:
        if kind == b"dimg":
            inputs.setdefault(source, []).extend(targets)
        elif kind == b"auxl" and source in alphas:
            for target in targets:
                inputs.setdefault(target, []).append(source)
    return inputs


def _is_alpha(items: Items, item: int, data: bytes) -> bool:
    names = [
        data[box.start + 4 : min(box.start + _MAX_NAME, box.end)]
        for box in items.properties_of(item)
        if box.kind == b"auxC"
    ]
    return any(end in name for name in names for end in _ALPHA)


def _sizes(items: Items, item: int, data: bytes) -> list[Size]:
    """Return the sizes that a file declares for an item: one, or that of a canvas twice."""
    sizes = [data[box.start + 4 : box.start + 12] for box in items.properties_of(item) if box.kind == b"ispe"]
    if start := _CANVAS.get(items.kinds[item]):
        content = items.head(item)
        length = 8 if content[1:2] == b"\1" else 4
        sizes.append(content[start : start + length])
    return [(int.from_bytes(size[: len(size) // 2]), int.from_bytes(size[len(size) // 2 :])) for size in sizes]


def _check_size(size: Size, max_pixels: int) -> int:
    """Return the number of pixels of an item. Raises OriginalTooLarge if the item is too large."""
    check_sides(size)
    width, height = size
    # Encoders code blocks of 64 pixels, and decoders remove the rest of the last blocks.
    check_pixel_limit(max(0, width - _BLOCK + 1) * max(0, height - _BLOCK + 1), max_pixels)
    return width * height
