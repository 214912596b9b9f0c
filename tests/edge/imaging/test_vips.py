"""The binding of libvips: its loaders, options, errors and memory."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image as Pillow

from conformance.pictures import encode, quadrants
from edge.imaging.vips import Image, VipsError, ffi, lib, take_messages
from tests.support.renditions import KINDS, NOISE, as_vips, photograph, render_picture

ROOT = Path(__file__).parents[3]
FILES_OF_OTHER_LOADERS = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    "ppm": b"P6 1 1 255\nabc",
    "vips": b"\xb6\xa6\xf2\x08" + bytes(60),
    "csv": b"1,2,3\n4,5,6\n",
    "matrix": b"2 1\n1 2\n",
    "magick": b"GIMP",
    "rad": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n" + bytes(4),
    "pdf": b"%PDF-1.7",
}
_BLOCKED = 1 << 5
"""VIPS_OPERATION_BLOCKED of libvips."""


def subclasses(gtype: int) -> Iterator[int]:
    """Yield the types that are derived from a type of libvips, directly or not."""
    children: list[int] = []

    def add(child: int, *_: object) -> object:
        children.append(child)
        return ffi.NULL

    callback = ffi.callback("void *(*)(uint64_t, void *, void *)", add)
    lib.vips_type_map(gtype, ffi.cast("void *", callback), ffi.NULL, ffi.NULL)
    for child in children:
        yield child
        yield from subclasses(child)


def test_only_the_loaders_of_six_formats_can_be_used() -> None:
    allowed: set[str] = set()
    for gtype in subclasses(lib.g_type_from_name(b"VipsForeignLoad")):
        name = ffi.string(lib.vips_nickname_find(gtype)).decode()
        operation = lib.vips_operation_new(name.encode())
        if operation != ffi.NULL:  # Abstract classes have no operation.
            if not lib.vips_operation_get_flags(operation) & _BLOCKED:
                allowed.add(name.partition("load")[0])
            lib.g_object_unref(operation)
    take_messages()

    assert allowed == {"jpeg", "png", "webp", "gif", "heif", "tiff"}


@pytest.mark.parametrize("name", FILES_OF_OTHER_LOADERS)
def test_file_of_another_loader_is_refused(name: str) -> None:
    with pytest.raises(VipsError, match=f"{name}load_source.* (is blocked|not found)"):
        Image.load(f"{name}load_source", FILES_OF_OTHER_LOADERS[name])


@pytest.mark.parametrize("name", FILES_OF_OTHER_LOADERS)
def test_search_for_a_loader_finds_none_for_other_files(name: str) -> None:
    def find_loader(data: bytes) -> str | None:
        buffer = ffi.from_buffer(data)
        source = lib.vips_source_new_from_memory(buffer, len(data))
        loader = lib.vips_foreign_find_load_source(source)
        lib.g_object_unref(source)
        take_messages()
        return None if loader == ffi.NULL else ffi.string(loader).decode()

    assert find_loader(NOISE["png"]) == "VipsForeignLoadPngSource"
    assert find_loader(FILES_OF_OTHER_LOADERS[name]) is None


def test_numbers_lists_and_booleans_are_passed_as_options() -> None:
    image = Image.from_pixels(bytes([10, 20, 200]), 1, 1, 3)

    scaled = image.apply("linear", a=[0.5, 1e-07, 1.25], b=[-1.0, 7.0, 1e1], uchar=True)

    assert list(scaled.to_bytes()) == [4, 7, 255]
    assert scaled.get("format") == "uchar"
    assert image.apply("linear", a=[1.0], b=[0.0], uchar=False).get("format") == "float"
    assert image.apply("embed", x=1, y=0, width=2, height=1, extend="background", background=[1, 2, 3]).to_bytes() == (
        bytes([1, 2, 3, 10, 20, 200])
    )


def test_pixels_survive_the_way_through_libvips() -> None:
    picture = quadrants(7, 5, "RGBA")
    image = as_vips(picture)

    assert (image.width, image.height, image.bands, image.has_alpha) == (7, 5, 4, True)
    assert image.to_bytes() == picture.tobytes()
    assert image.crop(2, 1, 4, 3).to_bytes() == picture.crop((2, 1, 6, 4)).tobytes()
    assert image.apply("extract_band", band=0, n=3).has_alpha is False


def test_bands_and_frames_are_joined_in_their_order() -> None:
    first, second = (Image.from_pixels(bytes([value] * 6), 3, 2, 1) for value in (7, 9))

    assert first.join_band(second).to_bytes() == bytes([7, 9] * 6)
    assert first.multiply(second).apply("cast", format="uchar").to_bytes() == bytes([63] * 6)
    frames = Image.join_frames([first, second])
    assert (frames.height, frames.get("page-height"), frames.to_bytes()) == (4, 2, bytes([7] * 6 + [9] * 6))


@pytest.mark.parametrize("content", [3, [100, 0, 65_536], b"a\0profile"])
def test_header_field_keeps_its_value_and_type(content: int | list[int] | bytes) -> None:
    image = Image.from_pixels(b"\0", 1, 1, 1).apply("copy")

    image.set("field", content)

    assert image.get("field") == content
    assert image.get("another", "default") == "default"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "tiff"])
def test_bytes_of_an_original_stay_alive_while_the_image_is_used(kind: str) -> None:
    image = Image.load(f"{kind}load_source", bytes(bytearray(NOISE[kind])), access="sequential")
    cropped = image.crop(1, 1, 40, 50)
    del image
    gc.collect()
    overwritten = [bytes(len(NOISE[kind])) for _ in range(50)]

    expected = Image.load(f"{kind}load_source", NOISE[kind]).crop(1, 1, 40, 50).to_bytes()
    assert cropped.to_bytes() == expected
    assert len(overwritten) == 50


def test_pixels_from_python_stay_alive_while_the_image_is_used() -> None:
    image = as_vips(photograph(300, 200)).apply("flip", direction="vertical")
    gc.collect()
    overwritten = [bytes(300 * 200 * 3) for _ in range(50)]

    assert image.to_bytes() == photograph(300, 200).transpose(Pillow.Transpose.FLIP_TOP_BOTTOM).tobytes()
    assert len(overwritten) == 50


def test_error_has_only_the_message_of_its_own_operation() -> None:
    with suppress(VipsError):
        Image.load("pngload_source", b"no picture")

    with pytest.raises(VipsError) as raised:
        Image.load("svgload_source", b"<svg/>")

    assert str(raised.value) == "svgload_source: operation is blocked"
    assert take_messages() == ""


@pytest.mark.parametrize(
    ("operation", "options", "message"),
    [
        ("flip", {"direction": "sideways"}, "sideways"),
        ("flip", {"angle": "d90"}, "angle"),
        ("turn_around", {}, "turn_around"),
        ("extract_band", {"band": 9}, "extract_band"),
    ],
)
def test_operation_with_wrong_arguments_raises_an_error(
    operation: str, options: dict[str, object], message: str
) -> None:
    image = Image.from_pixels(b"\0", 1, 1, 1)

    with pytest.raises(VipsError, match=message):
        image.apply(operation, **options)


def test_memory_of_images_is_freed() -> None:
    """The process would grow by 75 MB if it kept the originals, and by more if it kept decoded pixels."""
    original = encode(photograph(1600, 1250), "jpeg", quality=95)
    for _ in range(20):
        render_picture(original, width=200)
    before = psutil.Process().memory_info().rss

    for _ in range(200):
        render_picture(original, width=200)

    assert psutil.Process().memory_info().rss - before < 40_000_000


def test_broken_originals_write_nothing_to_the_log(tmp_path: Path) -> None:
    for kind in KINDS:
        middle = len(NOISE[kind]) // 2
        (tmp_path / f"truncated.{kind}").write_bytes(NOISE[kind][:middle])
        (tmp_path / f"zeros.{kind}").write_bytes(NOISE[kind][:middle] + bytes(40) + NOISE[kind][middle + 40 :])
        (tmp_path / f"marker.{kind}").write_bytes(NOISE[kind][:middle] + b"\xff\xd9" + NOISE[kind][middle:])
    program = (
        "import sys, contextlib, pathlib\n"
        "from edge.errors import ImageError\n"
        "from edge.imaging.pipeline import render\n"
        "from edge.rendition import Rendition\n"
        "limits = {'max_pixels': 10**6, 'max_frames': 9, 'max_dimension': 99, 'max_body': 10**5}\n"
        "for path in pathlib.Path(sys.argv[1]).iterdir():\n"
        "    with contextlib.suppress(ImageError):\n"
        "        render(path.read_bytes(), Rendition(width=9), **limits)\n"
    )

    result = subprocess.run([sys.executable, "-c", program, tmp_path], cwd=ROOT, capture_output=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
