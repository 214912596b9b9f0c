"""Bytes and a rendition in, bytes out; the only import of Pillow."""

import importlib
import io
import warnings
from typing import Final

from PIL import Image

from edge.encode import Animation, Clock, Rendered, fitting
from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.formats import CONTENT_TYPES, PLUGINS, sniff
from edge.geometry import Placement, draft, place
from edge.rendition import Rendition

_ANIMATED: Final = ("gif", "webp", "png")
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the value of EXIF's tag Orientation."""
_QUARTER_TURNS: Final = tuple(_TURNS[value] for value in (5, 6, 7, 8))


def render(
    original: bytes, rendition: Rendition, *, max_pixels: int, max_dimension: int, max_body: int
) -> Rendered | None:
    """None where the original is the better answer: an animation of too many pixels, or nothing fits into max_body.

    NotAnImage for what cannot be read to its end, OriginalTooLarge for more than max_pixels to decode.
    """
    clock = Clock()
    kind = sniff(original)
    if kind not in PLUGINS:
        raise NotAnImage("The original is not an image of a format that can be resized.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about things that are mended here, or refused
            # Pillow refuses what is more than twice this, also what a later frame of a GIF would grow to. Of a JPEG
            # fewer pixels may be decoded than it has: those are counted in _decode.
            Image.MAX_IMAGE_PIXELS = None if kind == "jpeg" else max_pixels // 2
            with _open(original, kind) as image:
                target = _target(kind, image, rendition)
                animated = kind in _ANIMATED and target in _ANIMATED and getattr(image, "is_animated", False)
                if animated and image.width * image.height * _frames(image) > max_pixels:
                    return None
                animation = _decode(image, kind, rendition, animated, max_pixels, max_dimension, clock)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise OriginalTooLarge(f"The original has more than {max_pixels} pixels.", detail=repr(error)) from error
    except MemoryError as error:
        raise OriginalTooLarge("The original needs too much memory.", detail=repr(error)) from error
    except Exception as error:  # whatever broken bytes make a decoder raise
        raise NotAnImage("The original is broken, or not an image.", detail=repr(error)) from error
    if target == "jpeg":
        animation.frames[0] = _flattened(animation.frames[0], rendition.background)
    return fitting(animation, target, rendition.quality, max_body, clock)


def _open(original: bytes, kind: str) -> Image.Image:
    importlib.import_module(f"PIL.{PLUGINS[kind]}")  # else Pillow would go through all that it has
    return Image.open(io.BytesIO(original), formats=[kind.upper()])


def _target(kind: str, image: Image.Image, rendition: Rendition) -> str:
    """The format to encode: an animation stays one, and what browsers cannot show becomes what they can."""
    if rendition.format == "avif" and kind in _ANIMATED and getattr(image, "is_animated", False):
        return "webp"  # as AVIF it would take too long
    if rendition.format:
        return rendition.format
    if kind in CONTENT_TYPES:
        return kind
    return "png" if image.has_transparency_data else "jpeg"


def _frames(image: Image.Image) -> int:
    return getattr(image, "n_frames", 1)


def _decode(
    image: Image.Image,
    kind: str,
    rendition: Rendition,
    animated: bool,
    max_pixels: int,
    max_dimension: int,
    clock: Clock,
) -> Animation:
    """The frames, upright, in sRGB, cropped and resized."""
    width, height = image.size
    if kind == "jpeg":
        width, height = _upright(image.size, _turn(image))
        shrink = place(width, height, rendition, max_dimension=max_dimension).shrink
        image.draft(None, draft(*image.size, shrink=shrink, max_pixels=max_pixels))
    if image.width * image.height > max_pixels:
        raise OriginalTooLarge(f"The original has more than {max_pixels} pixels.")
    animation = Animation(frames=[], durations=[], plays=_plays(image, kind))
    for index in range(_frames(image) if animated else 1):
        if index:
            image.seek(index)
        image.load()
        animation.durations.append(int(image.info.get("duration", 0)))
        turn = _turn(image)
        frame = _plain(image.copy() if animated else image)  # the next frame replaces this one's pixels
        frame = frame if turn is None else frame.transpose(turn)
        clock.lap("decode")
        if kind != "jpeg":
            width, height = frame.size
        placement = place(width, height, rendition, max_dimension=max_dimension)
        frame = _resized(frame, placement, scale=max(1, round(width / frame.width)))
        clock.lap("resize")
        animation.frames.append(_srgb(frame, image.info.get("icc_profile")))
        clock.lap("colour")
    return animation


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What makes the picture upright; broken EXIF says nothing."""
    try:
        return _TURNS.get(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001  # a TIFF structure of any kind may be in there
        return None


def _upright(size: tuple[int, int], turn: Image.Transpose | None) -> tuple[int, int]:
    return (size[1], size[0]) if turn in _QUARTER_TURNS else size


def _plain(image: Image.Image) -> Image.Image:
    """Without palette or 16 bits, and with an alpha channel where anything is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data and image.mode not in ("RGBA", "RGBa"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGB") if image.mode not in ("L", "RGB", "RGBA", "CMYK") else image


def _resized(image: Image.Image, placement: Placement, *, scale: int) -> Image.Image:
    """`scale` is by how much the decoder has shrunk it already. Pillow premultiplies alpha by itself."""
    left, top, right, bottom = (side / scale for side in placement.box)
    box = (left, top, min(right, image.width), min(bottom, image.height))
    size = (placement.width, placement.height)
    if size == image.size and box == (0, 0, *size):
        return image
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the profile means them; a broken profile, or one for another kind of picture, is ignored."""
    if profile and not any("sRGB".encode(coding) in profile[:4096] for coding in ("ascii", "utf-16-be")):
        from PIL import ImageCms

        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB") if image.mode == "CMYK" else image


def _flattened(image: Image.Image, background: str) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGBA", image.size, f"#{background}")
    return Image.alpha_composite(ground, image).convert("RGB")


def _plays(image: Image.Image, kind: str) -> int:
    """GIF counts repetitions, and none at all when it says nothing; the others count plays."""
    if kind != "gif":
        return int(image.info.get("loop", 0))
    loop = image.info.get("loop")
    return 1 if loop is None else loop and loop + 1
