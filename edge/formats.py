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

PLUGINS: Final = {
    "jpeg": "JpegImagePlugin",
    "png": "PngImagePlugin",
    "gif": "GifImagePlugin",
    "webp": "WebPImagePlugin",
    "avif": "AvifImagePlugin",
    "tiff": "TiffImagePlugin",
    "bmp": "BmpImagePlugin",
    "ico": "IcoImagePlugin",
}
"""Pillow's module for each, imported when it is needed."""

_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(avif|avis)|....ftyp(mif1|msf1|miaf).{0,40}avif", "avif"),
    (rb"II\*\0|MM\0\*", "tiff"),
    (rb"BM", "bmp"),
    (rb"\x00\x00\x01\x00", "ico"),
    (rb"(\xef\xbb\xbf)?\s*(<\?xml.{0,200}?\?>|<!--.{0,1000}?-->|<!DOCTYPE.{0,300}?>|\s)*<svg[\s>]", "svg"),
)


def sniff(head: bytes) -> str | None:
    """The format of what begins with these bytes (2 kB are enough); None for what is not an image we know."""
    for signature, name in _SIGNATURES:
        if re.match(signature, head[:2048], re.DOTALL):
            return name
    return None
