"""Render test pictures through the pipeline, and look at the decoded result."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from conformance.pictures import BLUE, GREEN, RED, YELLOW, encode
from edge.imaging.pipeline import Rendered, render
from edge.rendition import Rendition

SAMPLES = Path(__file__).parents[2] / "samples"
UPRIGHT = [RED, GREEN, BLUE, YELLOW]
"""Colors of the corners of an upright picture."""
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How upright pixels are stored, for each EXIF orientation."""
KINDS = ("jpeg", "png", "gif", "webp", "avif", "tiff", "bmp")
NOISE = {kind: encode(Image.effect_noise((64, 64), 60).convert("RGB"), kind) for kind in KINDS}
"""A file of each format whose every byte matters."""


def render_picture(
    original: bytes, *, max_pixels: int = 10**8, max_frames: int = 1000, max_body: int = 780_000, **options: Any
) -> Rendered:
    """Return the rendition with these options; the limits are those of a stack unless a test sets others."""
    rendered = render(
        original,
        Rendition(**options),
        max_pixels=max_pixels,
        max_frames=max_frames,
        max_dimension=4096,
        max_body=max_body,
    )
    assert rendered is not None
    return rendered


def decode_rendition(original: bytes, **options: Any) -> Image.Image:
    """Return the rendition with these options, decoded."""
    image = Image.open(io.BytesIO(render_picture(original, **options).body))
    image.load()
    return image


def animated(kind: str, colors: Sequence[Any] = UPRIGHT, **options: Any) -> bytes:
    """Return an animation in which each frame has one color."""
    frames = [Image.new("RGB", (60, 40), color) for color in colors]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], **{"duration": 100} | options)


def shown_frames(image: Image.Image) -> list[tuple[float, tuple[int, ...]]]:
    """Return duration and color of each frame."""
    frames: list[tuple[float, Any]] = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        frames.append((image.info.get("duration", 0), image.convert("RGB").getpixel((5, 5))))
    return frames


def linear_profile() -> bytes:
    """Return an ICC profile of sRGB's primaries with linear light: Pillow's own profile with other curves."""
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = bytearray(own.replace("sRGB".encode("utf-16-be"), "Line".encode("utf-16-be")))
    offset = profile.index(b"para\0\0\0\0")
    profile[offset : offset + 16] = b"para\0\0\0\0\0\0\0\0" + (1 << 16).to_bytes(4, "big")
    return bytes(profile)
