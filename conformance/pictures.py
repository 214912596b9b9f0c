"""The quadrants picture, which code makes, and functions that encode pictures and read their colors."""

import io
from typing import Any, Final

import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()  # Pillow itself cannot write HEIC, the format of phone cameras.

RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 180, 60), (40, 70, 220), (240, 220, 60)
_LABELS: Final = {"webp": "WebP", "heif": "HEIC"}


def quadrants(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """Return a picture with red and green quarters above blue and yellow quarters."""
    image = Image.new("RGB", (2, 2))
    image.putdata([RED, GREEN, BLUE, YELLOW])
    return image.resize((width, height), Image.Resampling.NEAREST).convert(mode)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the image as a file in the format `kind`, which is Pillow's name of the format."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def format_label(kind: str) -> str:
    """Return the usual spelling of a format's name, for the names of picture cases."""
    return _LABELS.get(kind, kind.upper())


def color_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Return the samples of a pixel. The image must have several channels."""
    color = image.getpixel((x, y))
    assert isinstance(color, tuple)
    return color


def quadrant_colors(image: Image.Image) -> list[tuple[int, ...]]:
    """Return the RGB colors in the centers of the four quarters, in reading order."""
    picture = image.convert("RGB")
    width, height = picture.size
    return [color_at(picture, width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]


def are_colors_close(first: Any, second: Any, tolerance: int = 14) -> bool:
    """Return whether two sequences of colors differ by at most the tolerance in every channel."""
    return all(
        abs(a - b) <= tolerance
        for first_color, second_color in zip(first, second, strict=True)
        for a, b in zip(first_color, second_color, strict=True)
    )


def srgb_profile() -> bytes:
    """Return an sRGB profile, as most editors embed it."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
