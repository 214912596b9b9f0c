"""Decode the formats that libvips reads: JPEG, PNG, WebP, GIF, AVIF and TIFF."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from edge.errors import NotAnImage
from edge.imaging import jpeg, vips
from edge.imaging.formats import LOADERS
from edge.imaging.geometry import Placement, jpeg_shrink
from edge.imaging.gif import Structure
from edge.imaging.original import Frame, Original, check_frame_limit, check_pixel_limit
from edge.imaging.tiff import decode_lab, lab_as_rgb
from edge.imaging.vips import Image, VipsError
from edge.imaging.webp import canvas_size

_ANIMATED_FORMATS: Final = ("gif", "webp")
_WEBP_MARGIN: Final = 2.0
"""The size of a reduced WebP relative to the rendition. libwebp averages pixels, and a smaller margin shows it."""


@contextmanager
def decoder_errors() -> Iterator[None]:
    """Convert the errors of libvips into NotAnImage."""
    try:
        yield
    except VipsError as error:
        raise NotAnImage("The original is broken.", detail=str(error)) from error


def calculate(image: Image) -> Image:
    """Return the image with calculated pixels. Raises NotAnImage if the original is broken or truncated."""
    vips.take_messages()
    with decoder_errors():
        calculated = image.in_memory()
    if jpeg.TRUNCATED in vips.take_messages():
        raise NotAnImage("The original is broken.", detail="a scan of the JPEG is truncated")
    return calculated


def open_original(data: bytes, kind: str, *, is_animated: bool, max_pixels: int, max_frames: int) -> Original:
    """Read the header of an original in a format of LOADERS. If `is_animated` is False, only one frame is decoded.

    Raises NotAnImage if the header is broken, and OriginalTooLarge if more than `max_pixels` or `max_frames` must be
    decoded.
    """
    is_animated = is_animated and kind in _ANIMATED_FORMATS
    if kind == "gif":
        data = _prepare_gif(data, is_animated=is_animated, max_frames=max_frames)
    elif kind == "webp":
        width, height = canvas_size(data)
        check_pixel_limit(width * height, max_pixels)
    lab = lab_as_rgb(data) if kind == "tiff" else None
    with decoder_errors():
        header = _load(lab or data, kind, **({"n": -1} if is_animated else {}))
    frame_count = header.get("n-pages", 1) if is_animated else 1
    check_frame_limit(frame_count, max_frames)
    is_animated = frame_count > 1
    size = header.width, header.get("page-height", header.height)
    has_scans = bool(header.get("interlaced"))
    if kind == "jpeg":
        jpeg.check(data, size[0] * size[1], has_scans=has_scans)
    if kind != "jpeg" or has_scans:  # libjpeg decodes a progressive JPEG at its full size.
        check_pixel_limit(size[0] * size[1], max_pixels)

    def decode(placement: Placement) -> Iterator[Frame]:
        if lab:
            yield Frame(decode_lab(header), placement)
        elif is_animated:
            yield from _decode_frames(header, size[1], placement)
        else:
            yield _decode_still(data, kind, header, placement, max_pixels)

    orientation = header.get("orientation", 1)
    return Original(
        size=size,
        frame_count=frame_count,
        decode=decode,
        orientation=orientation if orientation in range(1, 9) else 1,
        loop_count=header.get("loop", 0),
        profile=header.get("icc-profile-data"),
    )


def _prepare_gif(data: bytes, *, is_animated: bool, max_frames: int) -> bytes:
    """Return the GIF as libvips must read it. Raises OriginalTooLarge if more than `max_frames` must be decoded."""
    structure = Structure(data, max_frames=max_frames if is_animated else 1)
    if not is_animated:
        return structure.first_frame()
    check_frame_limit(structure.frame_count, max_frames)
    return structure.with_transparent_background()


def _load(data: bytes, kind: str, **options: object) -> Image:
    return Image.load(LOADERS[kind], data, access="sequential", fail_on="error", **options)


def _decode_frames(strip: Image, height: int, placement: Placement) -> Iterator[Frame]:
    """Yield the frames of an animation, which libvips decodes below each other in one image."""
    durations = strip.get("delay", [])
    for number in range(strip.height // height):
        duration = durations[number] if number < len(durations) else 0
        yield Frame(strip.crop(0, number * height, strip.width, height), placement, duration)


def _decode_still(data: bytes, kind: str, header: Image, placement: Placement, max_pixels: int) -> Frame:
    """Return a picture, decoded at a fraction of its size if its format allows this, because that takes less time."""
    width, height = header.width, header.height
    with decoder_errors():
        if kind == "jpeg":
            shrink = jpeg_shrink(width, height, reduction=placement.reduction, max_pixels=max_pixels)
            check_pixel_limit((width // shrink) * (height // shrink), max_pixels)
            image = _load(data, kind, shrink=shrink) if shrink > 1 else header
            # libvips drops the last column and row if they are incomplete, so the scale is not image.width / width.
            return Frame(image, placement.scaled_by(1 / shrink, 1 / shrink))
        if kind == "webp" and placement.reduction > _WEBP_MARGIN:
            image = _load(data, kind, scale=_WEBP_MARGIN / placement.reduction)
            return Frame(image, placement.scaled_by(image.width / width, image.height / height))
    return Frame(header, placement)
