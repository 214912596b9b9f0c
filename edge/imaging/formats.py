"""The image formats: their signatures, their content types, and the plugins that decode them."""

import re
from typing import Final

from common.contract import OUTPUT_FORMATS

PIPELINE_VERSION: Final = "1"
"""The pipeline version, which is a part of the ETag and of a cache tag of every rendition.

Increase the version if a change of the code gives a different picture for the same original and query.
"""

CONTENT_TYPES: Final = {name: f"image/{name}" for name in (*OUTPUT_FORMATS, "gif")}
"""The content types of the formats that every browser shows. A rendition is a GIF only if its original is a GIF."""

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
"""The module and the class that decode each format.

To keep cold starts short, the edge function imports only the module for the format of the original.
"""

_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(?:....)?(?:....){0,40}?(?:avif|avis)", "avif"),
    (rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "heic"),
    (rb"II[*+]\0|MM\0[*+]", "tiff"),  # BigTIFF has a plus sign instead of the asterisk.
    # Many texts begin with the letters BM. Therefore the pattern also requires a valid length of the bitmap header.
    (rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", "bmp"),
    (rb"\x00\x00\x01\x00", "ico"),
    # The quantifiers are possessive: a thousand comments take a thousand steps. With backtracking, the search would
    # practically never end.
    (
        rb"(?:\xef\xbb\xbf)?+(?i:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?+>)*+<(?:svg:)?+svg[\s/>]",
        "svg",
    ),
)


def sniff(head: bytes) -> str | None:
    """Return the format of a file that begins with `head`, or None if the format is unknown.

    The format depends only on the signature, never on a file name or a content type.
    """
    for signature, name in _SIGNATURES:
        if re.match(signature, head[:65_536], re.DOTALL):
            return name
    return None
