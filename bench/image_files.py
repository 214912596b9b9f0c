"""The files of the originals: their kinds, and how the benchmark writes them."""

from pathlib import Path
from typing import Any, Final

import pillow_heif
from PIL import Image

LABELS: Final = {
    "jpeg": "JPEG",
    "progressive": "progressive JPEG",
    "png": "PNG",
    "webp": "WebP",
    "gif": "GIF",
    "avif": "AVIF",
    "tiff": "TIFF",
    "heic": "HEIC",
    "bmp": "BMP",
}
"""The name of each kind of file in texts. The kinds are the formats, and `progressive` for a progressive JPEG."""

_PREDICTOR_TAG: Final = 317
_HORIZONTAL_PREDICTOR: Final = 2
_SAVE_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"quality": 90, "subsampling": "4:2:0"},
    "progressive": {"format": "jpeg", "quality": 90, "subsampling": "4:2:0", "progressive": True},
    "webp": {"quality": 90},
    "avif": {"quality": 75, "speed": 9},
    "tiff": {"compression": "tiff_lzw", "tiffinfo": {_PREDICTOR_TAG: _HORIZONTAL_PREDICTOR}},
    "heic": {"format": "HEIF", "quality": 60, "enc_params": {"preset": "ultrafast"}},
}
"""The options that are not the default. The AVIF and HEIC encoders are fast, because some originals are large."""


def write_image(image: Image.Image, path: Path, kind: str, **options: Any) -> None:
    """Write a file of a kind in `LABELS`. `options` are additional options of Pillow.

    The file first has a temporary name, so that an interrupted run leaves no incomplete file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"unfinished-{path.name}")
    options = {"format": kind} | _SAVE_OPTIONS.get(kind, {}) | options
    if kind == "heic":  # Pillow itself cannot write HEIC.
        pillow_heif.from_pillow(image).save(temporary, **options)
    else:
        image.save(temporary, **options)
    temporary.rename(path)
