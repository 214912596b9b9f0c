"""Convert the pixels of every Pillow mode to 8-bit sRGB, with an alpha channel if a pixel is transparent."""

import io
from typing import Final

from PIL import Image

from edge.errors import NotAnImage

_PROFILE_SPACES: Final = {"L": ("GRAY", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",)}
"""For each mode, the color spaces of the ICC profiles that apply to pixels of this mode."""
_SRGB_NAMES: Final = tuple(
    name.encode(coding)
    # HP and Microsoft, lcms, and Facebook made the profiles with these names.
    for name in ("sRGB IEC61966-2", "sRGB built-in", "c2ci")
    for coding in ("ascii", "utf-16-be")
)
"""The names of profiles that change no color. The name "sRGB" is missing here, because a linear profile also has it."""


def normalize_mode(image: Image.Image) -> Image.Image:
    """Return the image without a palette or 16-bit channels, with an alpha channel if the image has transparency.

    The returned mode is L, LA, RGB, RGBA, CMYK or LAB. Raises NotAnImage if the pixels have 32 bits.
    """
    if image.mode in ("I", "F"):
        raise NotAnImage("The original has pixels of 32 bits, which no browser shows.")
    transparent = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        scaled = image.convert("I").point(lambda value: value / 257 + 0.5).convert("L")
        scaled.info.pop("transparency", None)
        if transparent is not None:
            scaled.putalpha(_alpha_from_transparent_value(image, transparent))
        image = scaled
    elif image.mode == "RGB" and transparent is not None and max(transparent) > 255:
        # Pillow scales 16-bit pixels to 8 bits, but Pillow does not scale the transparent color.
        image.info["transparency"] = tuple(channel >> 8 for channel in transparent)
    if image.has_transparency_data:
        mode = "LA" if image.mode in ("L", "LA", "La") else "RGBA"
    else:
        mode = image.mode if image.mode in ("L", "RGB", "CMYK", "LAB") else "L" if image.mode == "1" else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _alpha_from_transparent_value(image: Image.Image, transparent: int) -> Image.Image:
    """Return the alpha channel of a 16-bit image. The pixels with the value `transparent` are transparent.

    The comparison needs all 16 bits, because many values become the same value when Pillow scales them to 8 bits.
    """
    low_bytes, high_bytes = Image.frombytes("LA", image.size, image.convert("I;16").tobytes()).split()
    hidden = Image.new("L", image.size)
    hidden.paste(
        low_bytes.point([255 * (value == transparent & 255) for value in range(256)]),
        mask=high_bytes.point([255 * (value == transparent >> 8) for value in range(256)]),
    )
    return hidden.point([255 - value for value in range(256)])


def convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image with the colors of its ICC profile converted to sRGB.

    A profile that is broken, or that does not fit the mode of the image, is ignored.
    """
    mode = image.mode.removesuffix("A")
    if mode == "LAB":  # L*a*b* values define colors without a profile.
        image = _apply_profile(image, None, mode)
    elif profile and not any(name in profile for name in _SRGB_NAMES):
        space = profile[16:20].decode("latin-1").strip()
        if space in _PROFILE_SPACES[mode]:
            image = _apply_profile(image, profile, "L" if space == "GRAY" else space)
    return image.convert("RGB") if image.mode == "CMYK" else image


def _apply_profile(image: Image.Image, profile: bytes | None, input_mode: str) -> Image.Image:
    """Return the image, converted to sRGB with its ICC profile. Gray images stay gray.

    The profile defines the colors of pixels in the mode `input_mode`. If `profile` is None, the pixels have L*a*b*
    values. A broken profile is ignored.
    """
    from PIL import ImageCms  # This import adds 10 ms to a cold start, and most pictures do not need it.

    try:
        transform = ImageCms.buildTransform(
            io.BytesIO(profile) if profile else ImageCms.createProfile("LAB"),
            ImageCms.createProfile("sRGB"),
            input_mode,
            "RGB",  # The default intent is perceptual, without black point compensation, as in browsers.
        )
    except ImageCms.PyCMSError:
        return image
    converted = transform.apply(image.convert(input_mode))
    if image.mode in ("L", "LA"):
        converted = converted.convert("L")
    if image.mode in ("LA", "RGBA"):
        converted.putalpha(image.getchannel("A"))
    return converted
