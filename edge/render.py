"""Bytes and a rendition in, bytes out; the only import of Pillow."""

import importlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PIL import Image

from edge import gif, jpeg
from edge.encode import Animation, Clock, Rendered, fitting
from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.formats import CONTENT_TYPES, PLUGINS, sniff
from edge.geometry import Placement, Size, draft, place, upright
from edge.rendition import Rendition

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_MOVING: Final = ("avif", "gif", "png", "webp")
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes upright, by the value of EXIF's tag Orientation."""
_SPACES: Final = {"L": ("GRAY", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",)}
"""The colour spaces of profiles that fit pixels of these modes."""
_SRGB: Final = tuple(
    name.encode(coding)
    for name in ("sRGB IEC61966-2", "sRGB built-in", "c2ci")  # by HP and Microsoft, lcms, Facebook
    for coding in ("ascii", "utf-16-be")
)
"""Names of profiles that change nothing. Not just "sRGB": one of that name has linear light."""


def render(
    original: bytes, rendition: Rendition, *, max_pixels: int, max_frames: int, max_dimension: int, max_body: int
) -> Rendered | None:
    """None where the original is the better answer: an animation of too many pixels.

    What fits into max_body at no quality that looks right is larger. NotAnImage for what cannot be read to its end,
    OriginalTooLarge for more than max_pixels or max_frames to decode.
    """
    # Some plugins allocate before they tell the size. At twice this Pillow stops them.
    Image.MAX_IMAGE_PIXELS = max_pixels // 2
    clock = Clock()
    kind = sniff(original) or "unknown"
    image = _opened(original, kind)
    numbers = _numbers(image, kind, rendition.format, original, max_frames)
    if kind != "jpeg":
        _load(image, max_pixels)
    orientation = _orientation(image)
    size = upright(image.size, orientation)
    placement = place(*size, rendition, max_dimension=max_dimension).as_stored(size, orientation)
    if len(numbers) > 1 and _moved(image, placement, numbers) > max_pixels:
        return None
    if kind == "jpeg":
        placement = _drafted(image, original, placement, max_pixels)
    plays, profile = _plays(image, kind), image.info.get("icc_profile")
    frames: list[Image.Image] = []
    durations: list[float] = []
    for frame in _decoded(image, numbers, max_pixels):
        clock.lap("decode")
        resized = _turned(_resized(frame, placement), orientation)
        clock.lap("resize")
        frames.append(_srgb(resized, profile))
        durations.append(image.info.get("duration", 0))
        clock.lap("colour")
    frames = _alike(frames)
    target = _target(rendition.format or kind, frames, plays)
    if target == "jpeg":
        frames = [_flattened(frames[0], rendition.background)]
    animation = Animation(frames=frames, durations=durations, plays=plays)
    return fitting(
        animation,
        target,
        explicit=rendition.format is not None,
        quality=rendition.quality,
        max_body=max_body,
        clock=clock,
    )


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


def _opened(original: bytes, kind: str) -> "ImageFile":
    """Its header is read, no pixels are. Not by Image.open, which imports five plugins to choose from."""
    if kind not in PLUGINS:
        raise NotAnImage("The original is not an image of a format that can be resized.")
    module, reader = PLUGINS[kind]
    with _reading():
        return getattr(importlib.import_module(module), reader)(io.BytesIO(original))


def _numbers(image: "ImageFile", kind: str, asked: str | None, original: bytes, max_frames: int) -> range:
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


def _moved(image: "ImageFile", placement: Placement, numbers: range) -> int:
    """What an animation costs, in pixels decoded: to encode one takes as long as to decode and resize three."""
    return len(numbers) * (image.width * image.height + 3 * placement.width * placement.height)


def _load(image: "ImageFile", max_pixels: int) -> None:
    """The first frame; only now a PNG may tell its orientation, and a TIFF is upright."""
    _afford(image.width * image.height, max_pixels)
    with _reading():
        image.load()


def _orientation(image: "ImageFile") -> int:
    """EXIF's, 1 to 8."""
    try:
        with _reading():
            value = image.getexif().get(0x0112, 1)
    except NotAnImage:  # broken EXIF says nothing
        return 1
    return value if value in _TURNS else 1


def _drafted(image: "ImageFile", original: bytes, placement: Placement, max_pixels: int) -> Placement:
    """A JPEG can be decoded at 1/2, 1/4 and 1/8 of its size, for a fraction of the time."""
    width, height = image.size
    size = draft(width, height, shrink=placement.shrink, max_pixels=max_pixels)
    with _reading():
        image.draft(None, size)
    # A progressive one is decoded at its full size all the same, before it is reduced.
    _afford(width * height if image.info.get("progressive") else image.width * image.height, max_pixels)
    _check_end(image, original, size)
    scale = max(1, round(width / image.width), round(height / image.height))
    return placement.decoded_at(1 / scale, 1 / scale)


def _check_end(image: "ImageFile", original: bytes, size: Size) -> None:
    """A JPEG that ends in the grey of a scan that breaks off is looked at twice."""
    with _reading():
        image.load()
        if not {*image.crop((image.width - 1, image.height - 1, *image.size)).tobytes()} <= {127, 128}:
            return
    try:
        longer = _opened(jpeg.lengthened(original), "jpeg")
        longer.draft(None, size)
        longer.load()
    except (LookupError, OSError, SyntaxError):
        return
    if longer.tobytes() != image.tobytes():
        raise NotAnImage("The original is broken.", detail="its scan breaks off")


def _afford(pixels: int, max_pixels: int) -> None:
    if pixels > max_pixels:
        raise OriginalTooLarge(f"The original has more than {max_pixels} pixels.", detail=f"{pixels} to decode")


def _plays(image: "ImageFile", kind: str) -> int:
    """GIF counts repetitions, and none at all when it says nothing; the others count plays."""
    loop = image.info.get("loop")
    if kind == "gif":
        return 1 if loop is None else loop and loop + 1
    return loop or 0


def _decoded(image: "ImageFile", numbers: range, max_pixels: int) -> Iterator[Image.Image]:
    """Frame by frame: only what comes out of the pipeline is kept."""
    size = image.size
    for number in numbers:
        with _reading():
            image.seek(number)
            if image.size != size:  # in Pillow a GIF's canvas grows with a frame that lies outside; browsers cut it off
                _afford(len(numbers) * image.width * image.height, max_pixels)
            image.load()
            frame = _plain(image)
        yield frame if frame.size == size else frame.crop((0, 0, *size))


def _plain(image: Image.Image) -> Image.Image:
    """Without palette or 16 bits, and with an alpha channel where anything is transparent."""
    if image.mode in ("I", "F"):
        raise NotAnImage("The original has pixels of 32 bits, which no browser shows.")
    clear = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 257 + 0.5).convert("L")
        if clear is not None:
            image.info["transparency"] = round(clear / 257)
    elif image.mode == "RGB" and clear is not None and max(clear) > 255:  # Pillow scales the pixels, but not this
        image.info["transparency"] = tuple(channel >> 8 for channel in clear)
    if image.has_transparency_data:
        mode = "LA" if image.mode in ("L", "LA", "La") else "RGBA"
    else:
        mode = image.mode if image.mode in ("L", "RGB", "CMYK", "LAB") else "L" if image.mode == "1" else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _resized(image: Image.Image, placement: Placement) -> Image.Image:
    """Always a copy. Pillow premultiplies alpha by itself; a gap of 2 halves the time of 3, and cannot be seen."""
    size = (placement.width, placement.height)
    return image.resize(size, Image.Resampling.LANCZOS, box=placement.box, reducing_gap=2.0)


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """Last, when it is small."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the profile means them; a broken profile, or one for another kind of picture, is ignored."""
    mode = image.mode.removesuffix("A")
    if mode == "LAB":  # says by itself what its colours are
        image = _converted(image, None, mode)
    elif profile and not any(name in profile for name in _SRGB):
        space = profile[16:20].decode("latin-1").strip()
        if space in _SPACES[mode]:
            image = _converted(image, profile, "L" if space == "GRAY" else space)
    return image.convert("RGB") if image.mode == "CMYK" else image


def _converted(image: Image.Image, profile: bytes | None, entry: str) -> Image.Image:
    """To sRGB from a profile (L*a*b* without one) for pixels of the mode `entry`; grey stays grey."""
    from PIL import ImageCms  # costs a cold start 10 ms, and most pictures do without

    try:
        transform = ImageCms.buildTransform(
            io.BytesIO(profile) if profile else ImageCms.createProfile("LAB"),
            ImageCms.createProfile("sRGB"),
            entry,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return image
    colours = transform.apply(image.convert(entry))
    if image.mode in ("L", "LA"):
        colours = colours.convert("L")
    if image.mode in ("LA", "RGBA"):
        colours.putalpha(image.getchannel("A"))
    return colours


def _alike(frames: list[Image.Image]) -> list[Image.Image]:
    """In one mode, without an alpha channel that no pixel needs, and without metadata, which would go out."""
    if all("A" not in frame.getbands() or frame.getextrema()[-1] == (255, 255) for frame in frames):
        frames = [frame.convert(frame.mode.removesuffix("A")) for frame in frames]
    modes = {frame.mode for frame in frames}
    if len(modes) > 1:
        frames = [frame.convert("RGBA" if modes & {"LA", "RGBA"} else "RGB") for frame in frames]
    for frame in frames:
        frame.info = {}
    return frames


def _target(wanted: str | None, frames: list[Image.Image], plays: int) -> str:
    """The format to encode; what browsers cannot show becomes what they can."""
    if wanted == "avif" and len(frames) > 1 and plays:
        return "webp"  # Pillow's AVIF plays for ever
    if wanted in CONTENT_TYPES:
        return wanted
    return "png" if "A" in frames[0].getbands() else "jpeg"


def _flattened(image: Image.Image, background: str) -> Image.Image:
    """On the background, where there is something to see through."""
    if "A" not in image.getbands():
        return image
    ground = Image.new("RGB", image.size, f"#{background}")
    ground.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return ground
