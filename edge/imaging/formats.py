"""What bytes are, by their signatures and never by a name; and what each format is called on the way out."""

import re
from typing import Final

PIPELINE_VERSION: Final = "1"
"""Part of every ETag and cache tag: to be raised when the same query would give another picture."""

CONTENT_TYPES: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
"""Of what every browser shows."""

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
"""The module and class that read each; importing one at a time is what keeps a cold start short."""

_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(?:....)?(?:....){0,40}?(?:avif|avis)", "avif"),
    (rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "heic"),
    (rb"II[*+]\0|MM\0[*+]", "tiff"),  # with a plus: BigTIFF
    # Two letters alone would make a bitmap of many a text; the header's length is one of these.
    (rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", "bmp"),
    (rb"\x00\x00\x01\x00", "ico"),
    # Possessive throughout: a thousand comments cost a thousand steps, where backtracking would never end.
    (
        rb"(?:\xef\xbb\xbf)?+(?i:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?+>)*+<(?:svg:)?+svg[\s/>]",
        "svg",
    ),
)


def sniff(head: bytes) -> str | None:
    """The format of what begins with these bytes; None for what is not an image we know."""
    for signature, name in _SIGNATURES:
        if re.match(signature, head[:65_536], re.DOTALL):
            return name
    return None
