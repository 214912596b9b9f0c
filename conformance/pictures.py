"""Pictures made by code, and what is seen in them."""

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()  # Pillow by itself cannot write the HEIC that phones make

RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 180, 60), (40, 70, 220), (240, 220, 60)


def quadrants(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """Red, green; blue, yellow."""
    image = Image.new("RGB", (2, 2))
    image.putdata([RED, GREEN, BLUE, YELLOW])
    return image.resize((width, height), Image.Resampling.NEAREST).convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """As a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, in reading order."""
    picture = image.convert("RGB")
    width, height = picture.size
    return [picture.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]  # type: ignore[misc]


def alike(one: Any, other: Any, tolerance: int = 14) -> bool:
    """Whether no channel differs by more."""
    return all(
        abs(a - b) <= tolerance
        for first, second in zip(one, other, strict=True)
        for a, b in zip(first, second, strict=True)
    )


def srgb_profile() -> bytes:
    """What most editors embed."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
