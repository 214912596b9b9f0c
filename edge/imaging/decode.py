"""Decode the formats that libvips reads: JPEG, PNG, WebP, GIF, AVIF and TIFF."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from edge.errors import NotAnImage, Reason
from edge.imaging import heif, jpeg, libvips
from edge.imaging.formats import LOADERS
from edge.imaging.geometry import Placement, Size, jpeg_shrink
from edge.imaging.gif import Structure, screen_size
from edge.imaging.libvips import VipsError
from edge.imaging.original import Frame, Limits, Original, check_frame_limit, check_pixel_limit
from edge.imaging.png import remove_texts
from edge.imaging.tiff import Directory
from edge.imaging.vips import Image
from edge.imaging.webp import canvas_size, count_frames

_MAX_BANDS: Final = 8
"""The maximum number of channels. A picture in CMYK with alpha has five; image editors add masks to a TIFF."""
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
    """Return the image with calculated pixels. Raises NotAnImage if a scan of a JPEG is truncated."""
    libvips.take_messages()
    calculated = image.in_memory()
    messages = libvips.take_messages()
    if any(warning in messages for warning in jpeg.TRUNCATED):
        raise NotAnImage("The original is broken.", detail="a scan of the JPEG is truncated")
    return calculated


def open_original(data: bytes, kind: str, limits: Limits, *, is_animated: bool) -> Original:
    """Read the header of an original in a format of LOADERS. If `is_animated` is False, only one frame is decoded.

    Raises NotAnImage if the header is broken, and OriginalTooLarge if the original exceeds a limit.
    """
    libvips.take_messages()
    with decoder_errors():
        match kind:
            case "jpeg":
                return _open_jpeg(data, limits)
            case "webp":
                return _open_webp(data, limits, is_animated=is_animated)
            case "gif":
                return _open_gif(data, limits, is_animated=is_animated)
            case "tiff":
                return _open_tiff(data, limits)
            case "png":
                return _open_still(_load(remove_texts(data), kind), limits.max_pixels)
            case "avif":
                prepared = heif.prepare(data, limits.max_pixels_in_memory)
                return _open_still(_load(prepared, kind), limits.max_pixels_in_memory)
            case _:
                raise NotAnImage("The original has a format that libvips does not read.", reason=Reason.UNKNOWN_FORMAT)


def _load(data: bytes, kind: str, **options: object) -> Image:
    return Image.load(LOADERS[kind], data, access="sequential", fail_on="error", **options)


def _describe(header: Image, size: Size, decode: Callable[[Placement], Iterator[Frame]], frame_count: int) -> Original:
    orientation = header.get("orientation", 1)
    return Original(
        size=size,
        frame_count=frame_count,
        decode=decode,
        orientation=orientation if orientation in range(1, 9) else 1,
        loop_count=header.get("loop", 0),
        profile=header.get("icc-profile-data"),
    )


def _open_still(header: Image, max_pixels: int) -> Original:
    size = header.width, header.height
    check_pixel_limit(size[0] * size[1], max_pixels)
    if header.bands > _MAX_BANDS:
        raise NotAnImage(f"The original has more than {_MAX_BANDS} channels.", reason=Reason.UNKNOWN_FORMAT)
    return _describe(header, size, lambda placement: iter([Frame(header, placement)]), 1)


def _open_jpeg(data: bytes, limits: Limits) -> Original:
    """Read the header of a JPEG, which is decoded at a fraction of its size, because that takes less time."""
    jpeg.check_header(data)
    header = _load(data, "jpeg")
    width, height = size = header.width, header.height
    has_scans = bool(header.get("interlaced"))
    jpeg.check_scans(data, width * height, has_scans=has_scans)
    if has_scans:  # libjpeg decodes a progressive JPEG at its full size, and reduces it afterwards.
        check_pixel_limit(width * height, limits.max_pixels)

    def decode(placement: Placement) -> Iterator[Frame]:
        shrink = jpeg_shrink(width, height, reduction=placement.reduction, max_pixels=limits.max_pixels)
        check_pixel_limit((width // shrink) * (height // shrink), limits.max_pixels)
        image = _load(data, "jpeg", shrink=shrink) if shrink > 1 else header
        # libvips drops the last column and row if they are incomplete, so the scale is not image.width / width.
        yield Frame(image, placement.scaled_by(1 / shrink, 1 / shrink))

    return _describe(header, size, decode, 1)


def _open_webp(data: bytes, limits: Limits, *, is_animated: bool) -> Original:
    """Read the header of a WebP. A still picture is decoded at a fraction of its size."""
    width, height = size = canvas_size(data)
    check_pixel_limit(width * height, limits.max_pixels)
    frame_count = count_frames(data, max_frames=limits.max_frames)
    if is_animated:
        check_frame_limit(frame_count, limits.max_frames)
    else:
        frame_count = 1
    header = _load(data, "webp", n=-1) if frame_count > 1 else _load(data, "webp")
    if frame_count > 1:
        return _describe(header, size, lambda placement: _decode_frames(header, size, placement), frame_count)

    def decode(placement: Placement) -> Iterator[Frame]:
        scale = _WEBP_MARGIN / placement.reduction
        image = _load(data, "webp", scale=scale) if scale < 1 else header
        yield Frame(image, placement.scaled_by(image.width / width, image.height / height))

    return _describe(header, size, decode, 1)


def _open_gif(data: bytes, limits: Limits, *, is_animated: bool) -> Original:
    """Read the header of a GIF. If only one frame is decoded, libvips does not get the other frames."""
    structure = Structure(data, max_frames=limits.max_frames if is_animated else 1)
    check_frame_limit(structure.frame_count if is_animated else 1, limits.max_frames)
    if is_animated:
        header = _load(structure.with_transparent_background(), "gif", n=-1)
    else:
        header = _load(structure.first_frame(), "gif")
    screen = screen_size(data)
    size = screen if all(screen) else (header.width, header.get("page-height", header.height))
    check_pixel_limit(size[0] * size[1], limits.max_pixels)
    if header.width > size[0] or header.get("page-height", header.height) > size[1]:
        # libvips makes the screen of some GIFs as large as their frames. No other check counts these pixels.
        check_pixel_limit(header.width * header.height, limits.max_pixels)
    frame_count = header.get("n-pages", 1)
    return _describe(header, size, lambda placement: _decode_frames(header, size, placement), frame_count)


def _open_tiff(data: bytes, limits: Limits) -> Original:
    """Read the header of a TIFF. Only its first picture is decoded, as in Safari."""
    directory = Directory(data)
    directory.check()
    original = _open_still(_load(directory.data, "tiff"), limits.max_pixels)

    def decode(placement: Placement) -> Iterator[Frame]:
        for frame in original.decode(placement):
            yield frame._replace(image=directory.decode_bands(frame.image))

    return original._replace(decode=decode)


def _decode_frames(strip: Image, size: Size, placement: Placement) -> Iterator[Frame]:
    """Yield the frames of an animation, which libvips decodes below each other in one image."""
    height = strip.get("page-height", strip.height)
    durations = strip.get("delay", [])
    for number in range(strip.height // height):
        duration = durations[number] if number < len(durations) else 0
        frame = strip.crop(0, number * height, strip.width, height)
        yield Frame(_fit_screen(frame, size), placement, duration)


def _fit_screen(frame: Image, size: Size) -> Image:
    """Return the frame on a transparent screen of this size.

    libvips makes the screen of some GIFs as small or as large as their frames, such as a screen of 640x480.
    """
    if (frame.width, frame.height) == size:
        return frame
    with_alpha = frame if frame.has_alpha else frame.apply("addalpha")
    return with_alpha.apply("embed", x=0, y=0, width=size[0], height=size[1])
