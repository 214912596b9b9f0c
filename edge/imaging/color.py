"""Convert the pixels of every format to 8-bit sRGB, with an alpha channel if the original has one."""

from typing import Final

from edge.errors import NotAnImage, Reason
from edge.imaging.libvips import VipsError
from edge.imaging.vips import Image

_PROFILE_SPACES: Final = {1: (b"GRAY", b"RGB "), 3: (b"RGB ",), 4: (b"CMYK",)}
"""The color spaces of the ICC profiles that apply to an image with this number of channels, without alpha."""
_SRGB_NAMES: Final = tuple(
    name.encode(coding)
    # HP and Microsoft, lcms, and Facebook made the profiles with these names.
    for name in ("sRGB IEC61966-2", "sRGB built-in", "c2ci")
    for coding in ("ascii", "utf-16-be")
)
"""The names of profiles that change no color. The name "sRGB" is missing here, because a linear profile also has it."""
_HEADER_LENGTH: Final = 128
_FLOAT_TAGS: Final = (b"D2B0", b"D2B1", b"D2B2", b"D2B3")
"""The tags of a profile with a chain of floating-point steps. Browsers ignore these tags, too."""
_MAX_PROFILE: Final = 4_194_304
"""The maximum number of bytes of a profile. Profiles of printers have up to 3 MB."""
_MAX_TAGS: Final = 100
"""The maximum number of tags of a profile, as in LittleCMS."""


def normalize_bands(image: Image) -> Image:
    """Return the image with 8-bit pixels in gray, sRGB, CMYK or L*a*b*, with at most one alpha channel.

    Raises NotAnImage if the pixels have 32 bits or a sign.
    """
    if image.get("interpretation") in ("lab", "labs"):
        return _normalize_lab(image.apply("extract_band", band=0, n=3))
    if image.get("format") == "ushort":
        image = image.apply("cast", format="uchar", shift=True)
    if image.get("format") != "uchar":
        text = "The original has pixels of 32 bits or with a sign, which no browser shows."
        raise NotAnImage(text, reason=Reason.UNKNOWN_FORMAT)
    if image.get("interpretation") == "cmyk":
        return image.apply("extract_band", band=0, n=4) if image.bands > 4 else image
    if image.bands > 4:
        image = image.apply("extract_band", band=0, n=3)
    interpretation = "b-w" if image.bands < 3 else "srgb"
    if image.get("interpretation") == interpretation:
        return image
    return image.apply("copy", interpretation=interpretation)


def _normalize_lab(image: Image) -> Image:
    """Return an L*a*b* image with 8-bit pixels: L from 0 to 255, and 128 added to a and b."""
    match image.get("format"):
        case "uchar":  # edge/imaging/tiff.py has prepared these pixels.
            return image
        case "short":
            scale = [255 / 32_767, 1 / 256, 1 / 256]
        case _:
            scale = [2.55, 1.0, 1.0]
    pixels = image.apply("linear", a=scale, b=[0.5, 128.5, 128.5], uchar=True)
    return pixels.apply("copy", interpretation="lab")


def convert_to_srgb(image: Image, profile: bytes | None) -> Image:
    """Return the image with the colors of its ICC profile converted to sRGB. Gray images stay gray.

    A profile that is broken, or that does not fit the channels of the image, is ignored.
    """
    if image.get("interpretation") == "lab":
        lab = image.apply("linear", a=[100 / 255, 1.0, 1.0], b=[0.0, -128.0, -128.0]).apply(
            "copy", interpretation="lab"
        )
        # The white of L*a*b* in files is D50. libvips' own conversion, without a profile, would assume D65.
        return lab.apply("icc_export", output_profile="srgb", pcs="lab", depth=8)
    channels = image.bands - image.has_alpha
    if profile and profile[16:20] in _PROFILE_SPACES[channels] and not _is_srgb(profile) and not _is_huge(profile):
        image = _apply_profile(image, profile)
    return _convert_cmyk(image) if image.get("interpretation") == "cmyk" else image


def _is_srgb(profile: bytes) -> bool:
    return any(name in profile for name in _SRGB_NAMES)


def _is_huge(profile: bytes) -> bool:
    return len(profile) > _MAX_PROFILE or _tag_count(profile) > _MAX_TAGS


def _apply_profile(image: Image, profile: bytes) -> Image:
    """Return the image, converted to sRGB with its profile, or the image itself if the profile is broken."""
    is_gray = image.bands < 3
    source = image.apply("colourspace", space="srgb") if is_gray and profile[16:20] == b"RGB " else image.apply("copy")
    source.set("icc-profile-data", _without_float_tags(profile))
    try:
        # The intent is perceptual, without black point compensation, as in browsers.
        converted = source.apply(
            "icc_transform", output_profile="srgb", embedded=True, intent="perceptual", depth=8
        ).in_memory()
    except VipsError:
        return image
    if not is_gray:
        return converted
    gray = converted.apply("extract_band", band=0, n=1)
    return gray.join_band(image.apply("extract_band", band=1)) if image.has_alpha else gray


def _without_float_tags(profile: bytes) -> bytes:
    """Return the profile with the names of its floating-point tags changed, so that no decoder evaluates them.

    A small profile could define a hundred thousand of such steps for every pixel.
    https://www.color.org/specification/ICC.1-2022-05.pdf
    """
    changed = bytearray(profile)
    first = _HEADER_LENGTH + 4
    for offset in range(first, first + 12 * _tag_count(profile), 12):
        if profile[offset : offset + 4] in _FLOAT_TAGS:
            changed[offset : offset + 4] = b"none"
    return bytes(changed)


def _tag_count(profile: bytes) -> int:
    return int.from_bytes(profile[_HEADER_LENGTH : _HEADER_LENGTH + 4])


def _convert_cmyk(image: Image) -> Image:
    """Return a CMYK image without a profile in sRGB, as browsers show it: each ink darkens in proportion."""
    light = image.apply("invert")
    black = light.apply("extract_band", band=3)
    colors = light.apply("extract_band", band=0, n=3)
    scaled = colors.multiply(black).apply("linear", a=[1 / 255], b=[0.5], uchar=True)
    return scaled.apply("copy", interpretation="srgb")
