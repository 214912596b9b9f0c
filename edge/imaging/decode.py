"""An original's bytes, decoded as far as a rendition needs them, and no further than the stack's limits."""

import importlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.imaging import gif, jpeg
from edge.imaging.color import plain
from edge.imaging.formats import PLUGINS
from edge.imaging.geometry import Placement, Size, draft

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_MOVING: Final = ("avif", "gif", "png", "webp")
_PIXELS_PER_BYTE: Final = 512
"""At most, in a JPEG: every block of 8x8 takes a bit."""


def opened(original: bytes, kind: str) -> "ImageFile":
    """Its header is read, no pixels are. Not by Image.open, which imports five plugins to choose from."""
    if kind not in PLUGINS:
        raise NotAnImage("The original is not an image of a format that can be resized.")
    module, reader = PLUGINS[kind]
    with _reading():
        return getattr(importlib.import_module(module), reader)(io.BytesIO(original))


def numbers_of(image: "ImageFile", kind: str, asked: str | None, original: bytes, max_frames: int) -> range:
    """Of the frames that are shown: all if they move here and there, else the one that stands for them."""
    still = range(image.tell(), image.tell() + 1)  # of the pictures in a HEIC, the one that is open is the main one
    if kind not in _MOVING or (asked or kind) not in _MOVING:
        return still
    with _reading():
        count = gif.frames(original, most=max_frames) if kind == "gif" else getattr(image, "n_frames", 1)
    if count > max_frames:
        raise OriginalTooLarge(f"The original has more than {max_frames} frames.")
    if count == 1:
        return still
    # An APNG may start with a picture that is only for those who cannot show the others.
    return range(1 if getattr(image, "default_image", False) else 0, count)


def load(image: "ImageFile", max_pixels: int) -> None:
    """The first frame; only now a PNG may tell its orientation, and a TIFF is upright."""
    _afford(image.width * image.height, max_pixels)
    with _reading():
        image.load()


def orientation_of(image: "ImageFile") -> int:
    """EXIF's, 1 to 8. Not by getexif, which would heed what browsers do not: XMP, and PNG's texts."""
    exif = Image.Exif()
    try:
        with _reading():
            exif.load(image.info.get("exif", b""))
            value = exif.get(0x0112, 1)
    except NotAnImage:  # broken EXIF says nothing
        return 1
    return value if value in range(1, 9) else 1


def plays_of(image: "ImageFile", kind: str) -> int:
    """GIF counts repetitions, and none at all when it says nothing; the others count plays."""
    loop = image.info.get("loop")
    if kind == "gif":
        return 1 if loop is None else loop and loop + 1
    return loop or 0


def drafted(image: "ImageFile", original: bytes, placement: Placement, max_pixels: int) -> Placement:
    """A JPEG can be decoded at 1/2, 1/4 and 1/8 of its size, for a fraction of the time."""
    width, height = image.size
    if len(original) * _PIXELS_PER_BYTE < width * height:
        raise NotAnImage("The original is broken.", detail=f"{len(original)} bytes cannot be {width}x{height}")
    size = draft(width, height, shrink=placement.shrink, max_pixels=max_pixels)
    with _reading():
        image.draft(None, size)
    # A progressive one is decoded at its full size all the same, before it is reduced.
    _afford(width * height if image.info.get("progressive") else image.width * image.height, max_pixels)
    _check_end(image, original, size)
    scale = max(1, round(width / image.width), round(height / image.height))
    return placement.decoded_at(1 / scale, 1 / scale)


def decoded(image: "ImageFile", numbers: range, max_pixels: int) -> Iterator[Image.Image]:
    """Frame by frame: only what comes out of the pipeline is kept."""
    size = image.size
    for number in numbers:
        with _reading():
            image.seek(number)
            if image.size != size:  # in Pillow a GIF's canvas grows with a frame that lies outside; browsers cut it off
                _afford(len(numbers) * image.width * image.height, max_pixels)
            image.load()
            frame = plain(image)
        yield frame if frame.size == size else frame.crop((0, 0, *size))
        _clear(image)


@contextmanager
def _reading() -> Iterator[None]:
    """Around Pillow and bytes that may be broken: whatever it stumbles over is NotAnImage or OriginalTooLarge."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what browsers forgive, too
            yield
    except ImageError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise OriginalTooLarge("The original has too many pixels.", detail=repr(error)) from error
    except Exception as error:  # decoders raise anything
        raise NotAnImage("The original is broken, or not an image.", detail=repr(error)) from error


def _afford(pixels: int, max_pixels: int) -> None:
    if pixels > max_pixels:
        raise OriginalTooLarge(f"The original has more than {max_pixels} pixels.", detail=f"{pixels} to decode")


def _check_end(image: "ImageFile", original: bytes, size: Size) -> None:
    """A JPEG that ends in the grey of a scan that breaks off is looked at twice."""
    with _reading():
        image.load()
        if not {*image.crop((image.width - 1, image.height - 1, *image.size)).tobytes()} <= {127, 128}:
            return
    try:
        longer = opened(jpeg.lengthened(original), "jpeg")
        longer.draft(None, size)
        longer.load()
    except (LookupError, OSError, SyntaxError):
        return
    if longer.tobytes() != image.tobytes():
        raise NotAnImage("The original is broken.", detail="its scan breaks off")


def _clear(image: Any) -> None:
    """Browsers leave nothing of a GIF's frame that asks for the background; Pillow, now and then, paints it."""
    if getattr(image, "disposal_method", 0) != 2 or "transparency" in image.info:
        return
    if image.dispose is None or image.dispose.mode == "RGBA":
        return
    left, top, right, bottom = image.dispose_extent
    image.im, image._mode = image.convert("RGBA").im, "RGBA"
    image.dispose = Image.core.fill("RGBA", (right - left, bottom - top), (0, 0, 0, 0))
