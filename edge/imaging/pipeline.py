"""Bytes and a rendition in, bytes out: decode.py, then size, turn and colour, then encode.py."""

from typing import TYPE_CHECKING, Final

from PIL import Image

from edge.imaging.color import to_srgb
from edge.imaging.decode import decoded, drafted, load, numbers_of, opened, orientation_of, plays_of
from edge.imaging.encode import Animation, Clock, Rendered, fitting
from edge.imaging.formats import CONTENT_TYPES, sniff
from edge.imaging.geometry import Placement, place, upright
from edge.rendition import Rendition

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

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
    image = opened(original, kind)
    numbers = numbers_of(image, kind, rendition.format, original, max_frames)
    if kind != "jpeg":
        load(image, max_pixels)
    orientation = orientation_of(image)
    size = upright(image.size, orientation)
    placement = place(*size, rendition, max_dimension=max_dimension).as_stored(size, orientation)
    if len(numbers) > 1 and _moved(image, placement, numbers) > max_pixels:
        return None
    if kind == "jpeg":
        placement = drafted(image, original, placement, max_pixels)
    plays, profile = plays_of(image, kind), image.info.get("icc_profile")
    frames: list[Image.Image] = []
    durations: list[float] = []
    for frame in decoded(image, numbers, max_pixels):
        clock.lap("decode")
        resized = _turned(_resized(frame, placement), orientation)
        clock.lap("resize")
        frames.append(to_srgb(resized, profile))
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


def _moved(image: "ImageFile", placement: Placement, numbers: range) -> int:
    """What an animation costs, in pixels decoded: to encode one takes as long as to decode and resize three."""
    return len(numbers) * (image.width * image.height + 3 * placement.width * placement.height)


def _resized(image: Image.Image, placement: Placement) -> Image.Image:
    """Always a copy. Pillow premultiplies alpha by itself; a gap of 2 halves the time of 3, and cannot be seen."""
    size = (placement.width, placement.height)
    return image.resize(size, Image.Resampling.LANCZOS, box=placement.box, reducing_gap=2.0)


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """Last, when it is small."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


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
