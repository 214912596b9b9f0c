"""The picture cases for metadata: a rendition contains no data that a camera or an editor stored beside the pixels."""

from collections.abc import Iterator
from typing import Final

from PIL import Image, PngImagePlugin, TiffImagePlugin

from conformance.case import Case, Output
from conformance.pictures import encode, format_label, quadrants, srgb_profile

_MARKER: Final = b"48.1374N 11.5755E by Jane Doe"
_KEYS: Final = {"exif", "xmp", "comment", "photoshop", "Comment", "XML:com.adobe.xmp"}
"""The keys under which Pillow returns metadata."""


def cases() -> Iterator[Case]:
    """Yield picture cases from each format to PNG and to itself, or to JPEG if browsers cannot show the format."""
    for kind, target in (
        ("jpeg", "jpeg"),
        ("png", "png"),
        ("webp", "webp"),
        ("avif", "avif"),
        ("tiff", "jpeg"),
        ("heif", "jpeg"),
    ):
        for output_format in dict.fromkeys((target, "png")):
            yield Case(
                group="metadata",
                name=f"{format_label(kind)} to {format_label(output_format)}: no EXIF, GPS, XMP or comments",
                original=lambda kind=kind: _picture_with_metadata(kind),
                check=_check_no_metadata,
                format=output_format,
            )


def _picture_with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = _MARKER.decode()
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.6)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + _MARKER + b"</x:xmpmeta>"
    image = quadrants(240, 160)
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", _MARKER.decode())
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return encode(image, kind, exif=exif, pnginfo=text, icc_profile=srgb_profile())
    if kind == "tiff":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[270] = _MARKER.decode()
        tags[700] = xmp
        return encode(image, kind, tiffinfo=tags, icc_profile=srgb_profile())
    comment = {"comment": _MARKER} if kind == "jpeg" else {}
    body = encode(image, kind, exif=exif.tobytes(), xmp=xmp, icc_profile=srgb_profile(), **comment)
    if kind == "jpeg":
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(_MARKER).to_bytes(4, "big") + _MARKER
        body = body[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + body[2:]
    return body


def _check_no_metadata(output: Output) -> str | None:
    image = output.image
    leaks = _KEYS & image.info.keys()
    if _MARKER in output.body or dict(image.getexif()):
        leaks.add("EXIF or marker text")
    return f"leaks {', '.join(sorted(leaks))}" if leaks else None
