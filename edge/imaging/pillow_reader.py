"""Decode the formats that libvips cannot read: HEIC, animated PNG, AVIF sequences, BMP and ICO.

Only this module imports Pillow, and only an original of one of these formats imports this module.
"""

import importlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PIL import Image

from edge.errors import ImageError, NotAnImage, OriginalTooLarge, Reason
from edge.imaging import heif, vips
from edge.imaging.formats import PLUGINS
from edge.imaging.geometry import Placement
from edge.imaging.original import Frame, Limits, Original, check_frame_limit, check_pixel_limit
from edge.imaging.png import remove_texts

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_ANIMATED_FORMATS: Final = ("apng", "avis")
_ORIENTATION_TAG: Final = 0x0112
_MAX_LOOPS: Final = 65_535
"""The maximum number of loops of a WebP and of a GIF. An animated PNG can have more."""
_MAX_PIXELS_PER_BYTE: Final = 128
"""The maximum number of pixels per byte of a BMP. Two bytes with run-length encoding are at most 255 pixels."""
_SHORT_HEADER: Final = 12
"""The length of the only header of a BMP without a number for the compression."""
_RUN_LENGTHS: Final = (1, 2)
"""The numbers of the compressions of a BMP with run-length encoding."""
_MAX_SLOW_BYTES: Final = 4_194_304
"""The maximum number of bytes of an original that code in Python decodes, which takes 0.6 s for a megabyte."""
_MAX_SLOW_PIXELS: Final = 8_388_608
"""The maximum number of pixels of an original that code in Python decodes, which takes 0.3 s for a megapixel."""


def open_original(data: bytes, kind: str, limits: Limits, *, is_animated: bool) -> Original:
    """Read the header of an original in a format of PLUGINS. If `is_animated` is False, only one frame is decoded.

    Raises NotAnImage if the header is broken, and OriginalTooLarge if the original exceeds a limit.
    """
    max_pixels = limits.max_pixels_in_memory
    if _is_slow(data, kind):
        max_pixels = min(max_pixels, _MAX_SLOW_PIXELS)
        if len(data) > _MAX_SLOW_BYTES:
            text = f"The original is a BMP or an ICO of more than {_MAX_SLOW_BYTES} bytes."
            raise OriginalTooLarge(text, reason=Reason.TOO_MANY_BYTES)
    # Some plugins decode pixels before this module can check the size. Pillow raises an error above twice this number.
    Image.MAX_IMAGE_PIXELS = (max_pixels + 1) // 2
    if kind in ("heic", "gray avif"):
        data = heif.prepare(data, max_pixels)
    elif kind == "apng":
        data = remove_texts(data)
    module, class_name = PLUGINS[kind]
    with _decoder_errors():
        image: ImageFile = getattr(importlib.import_module(module), class_name)(io.BytesIO(data))
        indices = _frame_indices(
            image, is_animated=is_animated and kind in _ANIMATED_FORMATS, max_frames=limits.max_frames
        )
    pixels = image.width * image.height
    check_pixel_limit(pixels, max_pixels)
    if kind == "bmp" and pixels > len(data) * _MAX_PIXELS_PER_BYTE:
        raise NotAnImage("The original is broken.", detail=f"{len(data)} bytes cannot contain {pixels} pixels")
    with _decoder_errors():
        image.load()  # Only then is the size of the largest picture of an ICO certain, and all metadata of a PNG read.
    size = image.size

    def decode(placement: Placement) -> Iterator[Frame]:
        for index in indices:
            with _decoder_errors():
                image.seek(index)
                image.load()
                frame = _to_vips(image)
            yield Frame(frame, placement, image.info.get("duration", 0))

    return Original(
        size=size,
        frame_count=len(indices),
        decode=decode,
        orientation=_exif_orientation(image),
        loop_count=min(image.info.get("loop") or 0, _MAX_LOOPS),
        profile=image.info.get("icc_profile"),
    )


def _is_slow(data: bytes, kind: str) -> bool:
    """Return whether Pillow may decode the original with code in Python: a BMP with run-length encoding, or an ICO.

    An ICO contains such a BMP, or a PNG of which Pillow reads each chunk with code in Python.
    """
    has_compression = kind == "bmp" and data[14] > _SHORT_HEADER
    return kind == "ico" or (has_compression and int.from_bytes(data[30:34], "little") in _RUN_LENGTHS)


def _frame_indices(image: "ImageFile", *, is_animated: bool, max_frames: int) -> range:
    """Return the indices of the frames to decode: all of them, or only the primary one."""
    count = getattr(image, "n_frames", 1)
    if not is_animated or count == 1:
        return range(image.tell(), image.tell() + 1)  # Pillow selects the primary picture of a HEIC.
    check_frame_limit(count, max_frames)
    # An APNG may start with a default image, which is not part of the animation.
    return range(1 if getattr(image, "default_image", False) else 0, count)


def _exif_orientation(image: "ImageFile") -> int:
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


def _to_vips(image: "ImageFile") -> vips.Image:
    """Return the pixels as an image of libvips in gray or sRGB, with an alpha channel if a pixel can be transparent."""
    pixels: Image.Image = image
    if image.mode.startswith("I"):  # gray of 16 bits
        pixels = image.convert("I").point(lambda value: value / 257 + 0.5).convert("L")
    is_gray = pixels.mode in ("1", "L", "LA", "La")
    if pixels.has_transparency_data:
        pixels = pixels.convert("LA" if is_gray else "RGBA")
    else:
        pixels = pixels.convert("L" if is_gray else "RGB")
    return vips.Image.from_pixels(pixels.tobytes(), pixels.width, pixels.height, len(pixels.getbands()))


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Convert every exception of a decoder into NotAnImage or OriginalTooLarge."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow also warns about errors that browsers tolerate.
            yield
    except ImageError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        text = "The original has too many pixels."
        raise OriginalTooLarge(text, detail=repr(error), reason=Reason.TOO_MANY_PIXELS) from error
    except Exception as error:
        raise NotAnImage("The original is broken.", detail=repr(error)) from error
