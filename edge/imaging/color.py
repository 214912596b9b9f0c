"""Pixels as they are meant: without palettes and sixteen bits, with alpha where it counts, in sRGB."""

import io
from typing import Final

from PIL import Image

from edge.errors import NotAnImage

_SPACES: Final = {"L": ("GRAY", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",)}
"""The colour spaces of profiles that fit pixels of these modes."""
_SRGB: Final = tuple(
    name.encode(coding)
    for name in ("sRGB IEC61966-2", "sRGB built-in", "c2ci")  # by HP and Microsoft, lcms, Facebook
    for coding in ("ascii", "utf-16-be")
)
"""Names of profiles that change nothing. Not just "sRGB": one of that name has linear light."""


def plain(image: Image.Image) -> Image.Image:
    """Without palette or 16 bits, and with an alpha channel where anything is transparent."""
    if image.mode in ("I", "F"):
        raise NotAnImage("The original has pixels of 32 bits, which no browser shows.")
    clear = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        scaled = image.convert("I").point(lambda value: value / 257 + 0.5).convert("L")
        scaled.info.pop("transparency", None)
        if clear is not None:
            scaled.putalpha(_but(image, clear))
        image = scaled
    elif image.mode == "RGB" and clear is not None and max(clear) > 255:  # Pillow scales the pixels, but not this
        image.info["transparency"] = tuple(channel >> 8 for channel in clear)
    if image.has_transparency_data:
        mode = "LA" if image.mode in ("L", "LA", "La") else "RGBA"
    else:
        mode = image.mode if image.mode in ("L", "RGB", "CMYK", "LAB") else "L" if image.mode == "1" else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _but(image: Image.Image, clear: int) -> Image.Image:
    """Alpha that hides one value of 16 bits, which many others come close to once they have eight."""
    low, high = Image.frombytes("LA", image.size, image.convert("I;16").tobytes()).split()
    hidden = Image.new("L", image.size)
    hidden.paste(
        low.point([255 * (value == clear & 255) for value in range(256)]),
        mask=high.point([255 * (value == clear >> 8) for value in range(256)]),
    )
    return hidden.point([255 - value for value in range(256)])


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
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
            "RGB",  # perceptual, without black point compensation: as browsers show the original
        )
    except ImageCms.PyCMSError:
        return image
    colours = transform.apply(image.convert(entry))
    if image.mode in ("L", "LA"):
        colours = colours.convert("L")
    if image.mode in ("LA", "RGBA"):
        colours.putalpha(image.getchannel("A"))
    return colours
