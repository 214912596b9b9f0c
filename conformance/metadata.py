"""Nothing of what a camera or an editor wrote beside the pixels goes out."""

from collections.abc import Iterator

from PIL import Image, PngImagePlugin, TiffImagePlugin

from conformance.case import Answer, Case
from conformance.pictures import encoded, quadrants, srgb_profile

_MARK = b"48.1374N 11.5755E by Jane Doe"


def cases() -> Iterator[Case]:
    """From each format to itself, or to what it becomes."""
    for kind, target in (
        ("jpeg", "jpeg"),
        ("png", "png"),
        ("webp", "webp"),
        ("avif", "avif"),
        ("tiff", "jpeg"),
        ("heif", "jpeg"),
    ):
        for target_too in dict.fromkeys((target, "png")):
            yield Case(
                row="metadata",
                name=f"EXIF, GPS, XMP, comments: {'HEIC' if kind == 'heif' else kind.upper()} to {target_too.upper()}",
                original=lambda kind=kind: _talkative(kind),
                check=_silent,
                format=target_too,
            )


def _talkative(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = _MARK.decode()
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.6)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + _MARK + b"</x:xmpmeta>"
    image = quadrants(240, 160)
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", _MARK.decode())
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return encoded(image, kind, exif=exif, pnginfo=text, icc_profile=srgb_profile())
    if kind == "tiff":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[270] = _MARK.decode()
        tags[700] = xmp
        return encoded(image, kind, tiffinfo=tags, icc_profile=srgb_profile())
    comment = {"comment": _MARK} if kind == "jpeg" else {}
    whole = encoded(image, kind, exif=exif.tobytes(), xmp=xmp, icc_profile=srgb_profile(), **comment)
    if kind == "jpeg":
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(_MARK).to_bytes(4, "big") + _MARK
        whole = whole[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + whole[2:]
    return whole


def _silent(answer: Answer) -> str | None:
    image = answer.image
    told = {"exif", "xmp", "comment", "photoshop", "Comment", "XML:com.adobe.xmp"} & image.info.keys()
    if _MARK in answer.body or dict(image.getexif()):
        told.add("the mark")
    return f"tells {', '.join(sorted(told))}" if told else None
