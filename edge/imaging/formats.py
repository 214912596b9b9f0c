"""The image formats: how to recognize the format of an original, which plugin decodes it, and the content types."""

import re
from typing import Final

from common.contract import OUTPUT_FORMATS

PIPELINE_VERSION: Final = "1"
"""Part of every ETag and cache tag of a rendition. Raise it when the same query would give another picture."""

CONTENT_TYPES: Final = {name: f"image/{name}" for name in (*OUTPUT_FORMATS, "gif")}
"""Content types of the formats that every browser shows. GIF cannot be requested by name, but originals keep it."""

PLUGINS: Final = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "heic": ("pi_heif.as_plugin", "HeifImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "ico": ("PIL.IcoImagePlugin", "IcoImageFile"),
}
"""Module and class that decode each format. Only the module that is needed is imported, to keep cold starts short."""

_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(?:....)?(?:....){0,40}?(?:avif|avis)", "avif"),
    (rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "heic"),
    (rb"II[*+]\0|MM\0[*+]", "tiff"),  # BigTIFF has a plus sign instead of the asterisk.
    # Many texts begin with the letters BM. Therefore the length of the bitmap header must be one that exists.
    (rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", "bmp"),
    (rb"\x00\x00\x01\x00", "ico"),
    # The quantifiers are possessive: a thousand comments take a thousand steps. Backtracking would never end.
    (
        rb"(?:\xef\xbb\xbf)?+(?i:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?+>)*+<(?:svg:)?+svg[\s/>]",
        "svg",
    ),
)


def sniff(head: bytes) -> str | None:
    """Return the format of a file that begins with these bytes, or None if the format is unknown.

    File names and content types are ignored: only the signature counts.
    """
    for signature, name in _SIGNATURES:
        if re.match(signature, head[:65_536], re.DOTALL):
            return name
    return None
