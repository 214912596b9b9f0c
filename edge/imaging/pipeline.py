"""The steps that render an original: decode, crop and resize, turn upright, convert the colors, encode."""

from typing import Final, NamedTuple

from edge.errors import NotAnImage, Reason
from edge.imaging import decode
from edge.imaging.animation import Animation
from edge.imaging.color import convert_to_srgb, normalize_bands
from edge.imaging.formats import CONTENT_TYPES, LOADERS, PLUGINS, sniff
from edge.imaging.geometry import Placement, place, upright_size
from edge.imaging.original import Limits, Original, check_sides
from edge.imaging.resize import resize
from edge.imaging.size_limit import Encoded, encode_within_limit
from edge.imaging.stopwatch import Stopwatch
from edge.imaging.vips import Image
from edge.outcome import Adjustment
from edge.rendition import Rendition

_TURNS: Final = {
    2: (("flip", {"direction": "horizontal"}),),
    3: (("rot", {"angle": "d180"}),),
    4: (("flip", {"direction": "vertical"}),),
    5: (("rot", {"angle": "d90"}), ("flip", {"direction": "horizontal"})),
    6: (("rot", {"angle": "d90"}),),
    7: (("rot", {"angle": "d90"}), ("flip", {"direction": "vertical"})),
    8: (("rot", {"angle": "d270"}),),
}
"""For each EXIF orientation, the operations of libvips that turn the picture upright."""
_MAX_DURATION: Final = 24 * 3600 * 1000
"""The maximum number of milliseconds of an animation: a day. The encoders accept less than 32 bits."""
_MAX_FRAME_DURATION: Final = 2**24 - 1
"""The maximum number of milliseconds of a frame, which WebP stores in 24 bits."""
_ENCODING_COST: Final = 3
"""The cost of encoding one pixel of an animation, relative to the cost of decoding and resizing one pixel."""
_MIN_ROW: Final = 32
"""The minimum number of pixels for which a row of an animation counts, because libvips works for each row."""


class Rendered(NamedTuple):
    """An encoded rendition."""

    body: bytes
    content_type: str
    quality: int | None
    """The quality of the encoder; None for a lossless format."""
    quality_steps: int
    """The number of encoding attempts."""
    adjustment: Adjustment
    pixels_in: int
    """The pixels of the original: width x height x the frames that the rendition shows."""
    pixels_out: int
    """The pixels of the rendition, counted in the same way."""
    timings: dict[str, float]
    """The milliseconds of each phase (decode, color, encode), all frames together. Decoding includes resizing."""


def render(
    original: bytes, rendition: Rendition, *, max_pixels: int, max_frames: int, max_dimension: int, max_body: int
) -> Rendered:
    """Return the rendition. If an animation has too many pixels, the rendition shows its first frame.

    If the rendition does not fit into `max_body` bytes at any acceptable quality and format, the adjustment is
    TOO_LARGE. Raises NotAnImage if the original is broken or truncated, and OriginalTooLarge if more than `max_pixels`
    or `max_frames` must be decoded.
    """
    stopwatch = Stopwatch()
    kind = sniff(original) or "unknown"
    limits = Limits(max_pixels=max_pixels, max_frames=max_frames)
    picture = _open(original, kind, limits, is_animated=rendition.format != "jpeg")
    placement = _place(picture, rendition, max_dimension)
    is_too_long = picture.frame_count > 1 and _animation_cost(picture, placement) > max_pixels
    if is_too_long:
        picture = _open(original, kind, limits, is_animated=False)
    with decode.decoder_errors():
        animation = _transform_frames(picture, placement, stopwatch)
    encoded = _encode_rendition(animation, rendition, kind, max_body)
    stopwatch.lap("encode")
    is_first_frame = is_too_long and encoded.adjustment is not Adjustment.TOO_LARGE
    return Rendered(
        body=encoded.body,
        content_type=CONTENT_TYPES[encoded.format],
        quality=encoded.quality,
        quality_steps=encoded.attempts,
        adjustment=Adjustment.FIRST_FRAME if is_first_frame else encoded.adjustment,
        pixels_in=picture.size[0] * picture.size[1] * picture.frame_count,
        pixels_out=animation.total_pixels,
        timings=stopwatch.timings,
    )


def _open(original: bytes, kind: str, limits: Limits, *, is_animated: bool) -> Original:
    """Read the header of the original with the reader of its format. Raises NotAnImage if the format has no reader."""
    if kind in LOADERS:
        return decode.open_original(original, kind, limits, is_animated=is_animated)
    if kind in PLUGINS:
        from edge.imaging import pillow_reader  # Most originals do not need Pillow, whose import takes 40 ms.

        return pillow_reader.open_original(original, kind, limits, is_animated=is_animated)
    text = "The original is not an image of a format that can be resized."
    raise NotAnImage(text, reason=Reason.UNKNOWN_FORMAT)


def _place(picture: Original, rendition: Rendition, max_dimension: int) -> Placement:
    """Return the placement of the rendition in the original as it is stored, before it is turned upright."""
    check_sides(picture.size)
    size = upright_size(picture.size, picture.orientation)
    return place(*size, rendition, max_dimension=max_dimension).as_stored(size, picture.orientation)


def _animation_cost(picture: Original, placement: Placement) -> int:
    """Return the cost of rendering an animation as a number of decoded pixels, to compare with `max_pixels`."""
    decoded_pixels = max(picture.size[0], _MIN_ROW) * picture.size[1]
    encoded_pixels = placement.width * placement.height
    return picture.frame_count * (decoded_pixels + _ENCODING_COST * encoded_pixels)


def _transform_frames(picture: Original, placement: Placement, stopwatch: Stopwatch) -> Animation:
    """Return the frames, resized, upright and in sRGB. If no pixel is transparent, remove the alpha channel."""
    frames: list[Image] = []
    durations: list[int] = []
    elapsed = 0.0
    longest = min(_MAX_DURATION // picture.frame_count, _MAX_FRAME_DURATION)
    for frame in picture.decode(placement):
        frames.append(decode.calculate(resize(normalize_bands(frame.image), frame.placement)))
        # The encoders take whole milliseconds. If each duration were rounded alone, the animation would run faster.
        duration = min(frame.duration, longest)
        durations.append(round(elapsed + duration) - round(elapsed))
        elapsed += duration
    stopwatch.lap("decode")
    converted = _convert_frames(frames, picture.profile)
    frames = [_turn_upright(frame, picture.orientation).in_memory() for frame in converted]
    stopwatch.lap("color")
    return Animation(frames=_equalize_bands(frames), durations=durations, loop_count=picture.loop_count)


def _convert_frames(frames: list[Image], profile: bytes | None) -> list[Image]:
    """Return the frames in sRGB. They are converted as one image, because preparing a profile can take long."""
    first = frames[0]
    if len(frames) == 1:
        return [convert_to_srgb(first, profile)]
    strip = convert_to_srgb(Image.join_frames(frames), profile).in_memory()
    return [strip.crop(0, first.height * number, first.width, first.height) for number in range(len(frames))]


def _turn_upright(image: Image, orientation: int) -> Image:
    """Return the upright image. The pipeline turns images after the resizing, because they are smaller then."""
    for operation, options in _TURNS.get(orientation, ()):
        image = image.apply(operation, **options)
    return image


def _equalize_bands(frames: list[Image]) -> list[Image]:
    """Return the frames with equal channels. If no pixel of any frame is transparent, remove the alpha channel."""
    if all(not frame.has_alpha or _is_opaque(frame) for frame in frames):
        return [
            frame.apply("extract_band", band=0, n=frame.bands - 1) if frame.has_alpha else frame for frame in frames
        ]
    return frames


def _is_opaque(frame: Image) -> bool:
    alpha = frame.apply("extract_band", band=frame.bands - 1).to_bytes()
    return alpha.count(255) == len(alpha)


def _encode_rendition(animation: Animation, rendition: Rendition, kind: str, max_body: int) -> Encoded:
    """Encode the frames in the format and at the quality of the rendition, within `max_body` bytes if possible."""
    target = _select_output_format(rendition.format or kind, animation)
    if target == "jpeg":
        animation = animation._replace(frames=[_flatten(animation.frames[0], rendition.background)])
    return encode_within_limit(
        animation,
        target,
        is_explicit=rendition.format is not None,
        quality=rendition.quality,
        max_body=max_body,
    )


def _select_output_format(requested: str, animation: Animation) -> str:
    """Return the format to encode. A format that browsers do not show becomes PNG or JPEG."""
    requested = {"apng": "png", "avis": "avif", "gray avif": "avif"}.get(requested, requested)
    if requested in CONTENT_TYPES:
        return requested
    return "png" if animation.has_alpha else "jpeg"


def _flatten(image: Image, background: str) -> Image:
    """Return the image on the `background` color (rrggbb) if the image has an alpha channel, otherwise the image."""
    if not image.has_alpha:
        return image
    color = image if image.bands > 2 else image.apply("colourspace", space="srgb")
    return color.apply("flatten", background=list(bytes.fromhex(background))).in_memory()
