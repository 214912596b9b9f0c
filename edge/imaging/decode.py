"""Decode the frames and the metadata of an original that a rendition needs, within the limits of the stack."""

import importlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.imaging import gif, jpeg
from edge.imaging.color import normalize_mode
from edge.imaging.formats import PLUGINS
from edge.imaging.geometry import Placement, Size, draft_size

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_ANIMATED_FORMATS: Final = ("avif", "gif", "png", "webp")
_MAX_PIXELS_PER_BYTE: Final = 512
"""The maximum number of pixels per byte of a JPEG: every block of 8x8 pixels takes at least one bit."""
_ORIENTATION_TAG: Final = 0x0112
_BLANK_GRAYS: Final = {127, 128}
"""The values of the pixels with which libjpeg replaces the missing part of a truncated scan."""


def open_image(original: bytes, kind: str) -> "ImageFile":
    """Read the header of an image, without decoding pixels. Raises NotAnImage if the format is unknown.

    Image.open is not used, because Image.open imports five plugins.
    """
    if kind not in PLUGINS:
        raise NotAnImage("The original is not an image of a format that can be resized.")
    module, class_name = PLUGINS[kind]
    with _decoder_errors():
        return getattr(importlib.import_module(module), class_name)(io.BytesIO(original))


def frame_indices(image: "ImageFile", kind: str, target: str | None, original: bytes, max_frames: int) -> range:
    """Return the indices of the frames to decode.

    If the format of the original (`kind`) and the format of the rendition (`target`) support animation, the range has
    all frames, otherwise only the primary frame. `target` is None for the format of the original. Raises
    OriginalTooLarge if the range would have more than `max_frames`.
    """
    primary = range(image.tell(), image.tell() + 1)  # In a HEIC of several pictures, Pillow selects the primary one.
    if kind not in _ANIMATED_FORMATS or (target or kind) not in _ANIMATED_FORMATS:
        return primary
    with _decoder_errors():
        count = gif.count_frames(original, max_frames=max_frames) if kind == "gif" else getattr(image, "n_frames", 1)
    if count > max_frames:
        raise OriginalTooLarge(f"The original has more than {max_frames} frames.")
    if count == 1:
        return primary
    # An APNG may start with a default image, which is not part of the animation.
    return range(1 if getattr(image, "default_image", False) else 0, count)


def load_first_frame(image: "ImageFile", max_pixels: int) -> None:
    """Decode the first frame. Afterwards, Pillow has read the orientation of a PNG, and has turned a TIFF upright.

    Raises OriginalTooLarge if the frame has more than `max_pixels`.
    """
    _check_pixel_limit(image.width * image.height, max_pixels)
    with _decoder_errors():
        image.load()


def exif_orientation(image: "ImageFile") -> int:
    """Return the EXIF orientation, 1 to 8; 1 if the EXIF data is missing or broken.

    Image.getexif is not used, because it also reads orientations that browsers ignore, from XMP and PNG text chunks.
    """
    exif = Image.Exif()
    try:
        with _decoder_errors():
            exif.load(image.info.get("exif", b""))
            value = exif.get(_ORIENTATION_TAG, 1)
    except NotAnImage:
        return 1
    return value if value in range(1, 9) else 1


def loop_count(image: "ImageFile", kind: str) -> int:
    """Return the number of times the animation plays; 0 means that it repeats endlessly.

    GIF stores the number of repetitions, or no number for an animation that plays once. The other formats store the
    number of times the animation plays.
    """
    loop = image.info.get("loop")
    if kind == "gif":
        return 1 if loop is None else loop and loop + 1
    return loop or 0


def apply_draft(image: "ImageFile", original: bytes, placement: Placement, max_pixels: int) -> Placement:
    """Decode a JPEG at 1/1, 1/2, 1/4 or 1/8 of its size, and return the placement on the decoded pixels.

    Decoding at a smaller size takes a fraction of the time. Raises OriginalTooLarge if more than `max_pixels` must be
    decoded, and NotAnImage if the file is truncated.
    """
    width, height = image.size
    if len(original) * _MAX_PIXELS_PER_BYTE < width * height:
        raise NotAnImage(
            "The original is broken.", detail=f"{len(original)} bytes cannot contain {width}x{height} pixels"
        )
    size = draft_size(width, height, reduction=placement.reduction, max_pixels=max_pixels)
    with _decoder_errors():
        image.draft(None, size)
    # libjpeg decodes a progressive JPEG at its full size before libjpeg reduces the picture.
    _check_pixel_limit(width * height if image.info.get("progressive") else image.width * image.height, max_pixels)
    _check_scan_is_complete(image, original, size)
    scale = max(1, round(width / image.width), round(height / image.height))
    return placement.scaled_by(1 / scale, 1 / scale)


def decode_frames(image: "ImageFile", indices: range, max_pixels: int) -> Iterator[Image.Image]:
    """Decode and yield one frame at a time, so that only the resized frames stay in memory."""
    size = image.size
    for index in indices:
        with _decoder_errors():
            image.seek(index)
            # Pillow enlarges the canvas of a GIF for a frame that exceeds the canvas. Browsers crop such a frame.
            if image.size != size:
                _check_pixel_limit(len(indices) * image.width * image.height, max_pixels)
            image.load()
            frame = normalize_mode(image)
        yield frame if frame.size == size else frame.crop((0, 0, *size))
        _clear_disposed_frame(image)


def _check_pixel_limit(pixels: int, max_pixels: int) -> None:
    """Check the number of pixels to decode. Raises OriginalTooLarge if `pixels` exceeds `max_pixels`."""
    if pixels > max_pixels:
        raise OriginalTooLarge(
            f"The original has more than {max_pixels} pixels.", detail=f"{pixels} pixels must be decoded"
        )


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Convert every exception of a decoder into NotAnImage or OriginalTooLarge."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow also warns about errors that browsers tolerate.
            yield
    except ImageError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise OriginalTooLarge("The original has too many pixels.", detail=repr(error)) from error
    except Exception as error:  # Decoders raise exceptions of any class.
        raise NotAnImage("The original is broken, or not an image.", detail=repr(error)) from error


def _check_scan_is_complete(image: "ImageFile", original: bytes, size: Size) -> None:
    """Check the scan of a JPEG. Raises NotAnImage if the scan is truncated.

    If the last pixel has the gray of a truncated scan, decode the JPEG a second time, with sentinel bits. These bits
    change the picture only if the scan is truncated. `size` is the draft size.
    """
    with _decoder_errors():
        image.load()
        last_pixel = image.crop((image.width - 1, image.height - 1, *image.size))
        if not {*last_pixel.tobytes()} <= _BLANK_GRAYS:
            return
    try:
        extended = open_image(jpeg.append_sentinel_bits(original), "jpeg")
        extended.draft(None, size)
        extended.load()
    except (LookupError, OSError, SyntaxError):
        return
    if extended.tobytes() != image.tobytes():
        raise NotAnImage("The original is broken.", detail="the scan is truncated")


def _clear_disposed_frame(image: Any) -> None:
    """Clear the area of a GIF frame whose disposal method restores the background.

    The area becomes transparent, as in browsers. Pillow sometimes fills the area with the background color.
    """
    if getattr(image, "disposal_method", 0) != 2 or "transparency" in image.info:
        return
    if image.dispose is None or image.dispose.mode == "RGBA":
        return
    left, top, right, bottom = image.dispose_extent
    image.im, image._mode = image.convert("RGBA").im, "RGBA"
    image.dispose = Image.core.fill("RGBA", (right - left, bottom - top), (0, 0, 0, 0))
