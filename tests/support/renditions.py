"""Render test pictures with the imaging pipeline, and decode the renditions."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from conformance.pictures import BLUE, GREEN, RED, YELLOW, encode
from edge.imaging import vips
from edge.imaging.pipeline import Rendered, render
from edge.rendition import Rendition

SAMPLES = Path(__file__).parents[2] / "samples"
UPRIGHT = [RED, GREEN, BLUE, YELLOW]
"""Colors of the quadrants of an upright picture: top left, top right, bottom left, bottom right."""
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
"""The transposition that upright pixels need before they are stored, for each EXIF orientation."""
KINDS = ("jpeg", "png", "gif", "webp", "avif", "tiff", "bmp")
NOISE = {kind: encode(Image.effect_noise((64, 64), 60).convert("RGB"), kind) for kind in KINDS}
"""A file of each format with noise, so that a change of any byte changes the picture."""


def render_picture(
    original: bytes, *, max_pixels: int = 10**8, max_frames: int = 1000, max_body: int = 780_000, **options: Any
) -> Rendered:
    """Return the rendition with these options. The limits default to values that the test pictures do not reach."""
    return render(
        original,
        Rendition(**options),
        max_pixels=max_pixels,
        max_frames=max_frames,
        max_dimension=4096,
        max_body=max_body,
    )


def decode_rendition(original: bytes, **options: Any) -> Image.Image:
    """Return the decoded rendition with these options."""
    image = Image.open(io.BytesIO(render_picture(original, **options).body))
    image.load()
    return image


def photograph(width: int, height: int) -> Image.Image:
    """Return a photograph that is stretched to this size."""
    photo = Image.open(SAMPLES / "people" / "astronaut.jpg").convert("RGB")
    return photo.resize((width, height), Image.Resampling.BICUBIC)


def samples(image: Image.Image) -> NDArray[np.float32]:
    """Return the samples of an image. The axes are channel, row and column, as in `bench.similarity`."""
    return np.stack([np.asarray(band, dtype=np.float32) for band in image.split()])


def resized_exactly(image: Image.Image, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the samples of an image after a Lanczos filter in floating point, which the pipeline should come near."""
    bands = [band.convert("F").resize(size, Image.Resampling.LANCZOS) for band in image.split()]
    return np.stack([np.asarray(band, dtype=np.float32) for band in bands]).clip(0, 255)


def as_vips(image: Image.Image) -> vips.Image:
    """Return the image as an image of libvips."""
    return vips.Image.from_pixels(image.tobytes(), image.width, image.height, len(image.getbands()))


def animated(kind: str, colors: Sequence[Any] = UPRIGHT, **options: Any) -> bytes:
    """Return an animation in which each frame has one color."""
    frames = [Image.new("RGB", (60, 40), color) for color in colors]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], **{"duration": 100} | options)


def shown_frames(image: Image.Image) -> list[tuple[float, tuple[int, ...]]]:
    """Return the duration in milliseconds and the color of each frame."""
    frames: list[tuple[float, Any]] = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        frames.append((image.info.get("duration", 0), image.convert("RGB").getpixel((5, 5))))
    return frames


def linear_profile() -> bytes:
    """Return an ICC profile with sRGB's primaries and linear light: Pillow's sRGB profile with other curves."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = bytearray(srgb.replace("sRGB".encode("utf-16-be"), "Line".encode("utf-16-be")))
    offset = profile.index(b"para\0\0\0\0")
    profile[offset : offset + 16] = b"para\0\0\0\0\0\0\0\0" + (1 << 16).to_bytes(4, "big")
    return bytes(profile)
