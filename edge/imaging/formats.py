"""The image formats: their signatures, their content types, and the one reader of each format."""

import re
from typing import Final

from common.contract import OUTPUT_FORMATS

PIPELINE_VERSION: Final = "2"
"""The pipeline version, which is a part of the ETag and of a cache tag of every rendition.

Increase the version if a change of the code gives a different picture for the same original and query.
"""

CONTENT_TYPES: Final = {name: f"image/{name}" for name in (*OUTPUT_FORMATS, "gif")}
"""The content types of the formats that every browser shows. A rendition is a GIF only if its original is a GIF."""

LOADERS: Final = {
    "jpeg": "jpegload_source",
    "png": "pngload_source",
    "gif": "gifload_source",
    "webp": "webpload_source",
    "avif": "heifload_source",
    "tiff": "tiffload_source",
}
"""The formats that libvips reads, and its operations. Another reader never gets a file that libvips refuses."""

PLUGINS: Final = {
    # Telephones store HEIC, and only Safari shows it. The libvips of pyvips-binary has no decoder for HEVC.
    "heic": ("pi_heif.as_plugin", "HeifImageFile"),
    # libvips shows only the first picture of these two. Without Pillow, an animation would stop moving.
    "apng": ("PIL.PngImagePlugin", "PngImageFile"),
    "avis": ("PIL.AvifImagePlugin", "AvifImageFile"),
    # libvips shows a gray AVIF in limited range too bright in its shadows, and too dark in its lights.
    "gray avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
    # libvips has no readers for these two, and every browser shows both. Windows stores BMP; an ICO is a favicon.
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "ico": ("PIL.IcoImagePlugin", "IcoImageFile"),
}
"""The formats that Pillow reads, each with its module and class, and with the reason why the format is worth Pillow.

Only an original of one of these formats imports Pillow, and only the module for the format.
"""

FILE_TYPES: Final = {"gray avif": "avif", "avis": "avif"}
"""The names for people of formats that only the choice of the reader distinguishes."""

_AVIF: Final = rb"....ftyp(?:....)?(?:....){0,40}?(?:avif|avis)"
_MONOCHROME: Final = b"".join(re.escape(bytes([flags])) for flags in range(256) if flags & 0x10)
_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    # An animated PNG has the chunk acTL between the chunk IHDR, which has 25 bytes, and the first pixels.
    (rb"\x89PNG\r\n\x1a\n.{25}(?:(?!IDAT).)*?acTL", "apng"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftypavis", "avis"),
    # The third byte of the first AV1 configuration has the flag 0x10 if the picture is monochrome.
    (_AVIF + rb"(?:(?!av1C).)*+av1C..[" + _MONOCHROME + rb"]", "gray avif"),
    (_AVIF, "avif"),
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
