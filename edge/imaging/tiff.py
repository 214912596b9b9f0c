"""Read a TIFF in the color space L*a*b* with 8 bits, which libvips 8.18 refuses.

The TIFF is loaded as if its pixels were RGB, and the pixels are converted afterwards.
https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, section 23
"""

from typing import Final

from edge.imaging.vips import Image

_BITS_PER_SAMPLE: Final = 258
_PHOTOMETRIC_INTERPRETATION: Final = 262
_RGB: Final = 2
_CIELAB: Final = 8
_ENTRY_LENGTH: Final = 12


def lab_as_rgb(data: bytes) -> bytes | None:
    """Return the TIFF with its L*a*b* pixels declared as RGB, or None if its first picture has no such pixels."""
    order = "little" if data.startswith(b"II") else "big"
    directory = int.from_bytes(data[4:8], order)
    entries: dict[int, int] = {}
    for number in range(int.from_bytes(data[directory : directory + 2], order)):
        offset = directory + 2 + _ENTRY_LENGTH * number
        entries[int.from_bytes(data[offset : offset + 2], order)] = offset + 8
    value = entries.get(_PHOTOMETRIC_INTERPRETATION)
    if value is None or int.from_bytes(data[value : value + 2], order) != _CIELAB:
        return None
    # Three numbers of 16 bits do not fit into the entry, so the entry has their offset.
    bits_entry = entries.get(_BITS_PER_SAMPLE, 0)
    bits = int.from_bytes(data[bits_entry : bits_entry + 4], order)
    if int.from_bytes(data[bits : bits + 2], order) != 8:
        return None
    return data[:value] + _RGB.to_bytes(2, order) + data[value + 2 :]


def decode_lab(image: Image) -> Image:
    """Return the pixels of a TIFF, loaded as RGB, as L*a*b* values. L is stored as 0 to 255, a and b as -128 to 127."""
    lightness = image.apply("extract_band", band=0).apply("linear", a=[100 / 255], b=[0.0])
    colors = image.apply("extract_band", band=1, n=2).apply("copy", format="char").apply("cast", format="float")
    return lightness.join_band(colors).apply("copy", interpretation="lab")
