"""The libraries in the bundle of the edge function decode and encode pictures, without any other installed library."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from conformance.pictures import GREEN, RED, are_colors_close, encode, quadrant_colors, quadrants
from tests.infra.packaging.test_bundle import run_isolated

EXIF = Image.Exif()
EXIF[0x010E] = "a description"  # Pillow crashes if it writes an animated AVIF with an orientation.

FRAMES = [Image.new("RGB", (16, 16), color) for color in (RED, GREEN)]
ANIMATED = {"save_all": True, "append_images": FRAMES[1:], "duration": 100}
PICTURES = {
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile", encode(FRAMES[0], "bmp")),
    "ico": ("PIL.IcoImagePlugin", "IcoImageFile", encode(FRAMES[0], "ico")),
    "ico-bmp": ("PIL.IcoImagePlugin", "IcoImageFile", encode(FRAMES[0], "ico", bitmap_format="bmp")),
    "apng": ("PIL.PngImagePlugin", "PngImageFile", encode(FRAMES[0], "png", **ANIMATED)),
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile", encode(FRAMES[0], "avif", **ANIMATED, exif=EXIF.tobytes())),
    "heic": ("pi_heif.as_plugin", "HeifImageFile", encode(FRAMES[0], "heif", exif=EXIF.tobytes())),
}
"""For each format that Pillow decodes in the edge function: the module and the class of the decoder, and a file."""

CONVERT_WITH_LIBVIPS = """
from _libvips import ffi, lib

assert lib.vips_init(b"bundle") == 0
STRING, IMAGE = 16 << 2, lib.g_type_from_name(b"VipsImage")  # 16 is GLib's fundamental type of strings.

def run(name, properties):
    operation = lib.vips_operation_new(name)
    for key, content in properties.items():
        value = ffi.new("GValue *")
        lib.g_value_init(value, STRING if isinstance(content, bytes) else IMAGE)
        (lib.g_value_set_string if isinstance(content, bytes) else lib.g_value_set_object)(value, content)
        lib.g_object_set_property(ffi.cast("GObject *", operation), key, value)
    operation = lib.vips_cache_operation_build(operation)
    assert operation, ffi.string(lib.vips_error_buffer())
    return operation

def convert(original, rendition):
    value = ffi.new("GValue *")
    lib.g_value_init(value, IMAGE)
    load = run(b"jpegload", {b"filename": original})
    lib.g_object_get_property(ffi.cast("GObject *", load), b"out", value)
    run(b"webpsave", {b"in": lib.g_value_get_object(value), b"filename": rendition})
"""


def test_every_included_module_can_be_imported(interpreter: str, tree: Path) -> None:
    sources = [
        file.relative_to(tree) for package in ("PIL", "pi_heif", "edge") for file in tree.glob(f"{package}/**/*.py")
    ]
    modules = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in sources]
    modules += ["_libvips", "_cffi_backend", "_pi_heif", "PIL._imaging", "PIL._avif"]

    run_isolated(interpreter, tree, f"import importlib\nfor name in {modules}: importlib.import_module(name)")


@pytest.mark.parametrize("package", ["cffi", "pycparser", "pyvips"])
def test_package_that_libvips_does_not_need_is_missing(interpreter: str, tree: Path, package: str) -> None:
    program = f"import importlib.util, _libvips; print(importlib.util.find_spec({package!r}))"

    assert run_isolated(interpreter, tree, program) == "None\n"


def test_pillow_in_the_bundle_opens_only_its_formats(interpreter: str, tree: Path) -> None:
    """Pillow needs the TIFF plugin for EXIF data. The name DIB stands for a BMP without its first header."""
    program = "from PIL import Image\nImage.preinit(); Image.init(); print(*sorted(Image.OPEN))"

    assert run_isolated(interpreter, tree, program) == "AVIF BMP DIB ICO PNG TIFF\n"


def test_libraries_in_the_bundle_decode_and_encode_in_one_process(interpreter: str, tree: Path, tmp_path: Path) -> None:
    """libvips converts a JPEG to WebP before and after Pillow has decoded each of its formats."""
    (tmp_path / "original").write_bytes(encode(quadrants(), "jpeg", quality=95))
    for name, (_, _, file) in PICTURES.items():
        (tmp_path / name).write_bytes(file)
    decoders = {name: (module, decoder) for name, (module, decoder, _) in PICTURES.items()}
    program = f"""{CONVERT_WITH_LIBVIPS}
import importlib, json, os
os.chdir({str(tmp_path)!r})
convert(b"original", b"before.webp")
colors = {{}}
for name, (module, decoder) in {decoders}.items():
    with open(name, "rb") as file:
        image = getattr(importlib.import_module(module), decoder)(file)
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
            colors.setdefault(name, []).append(image.convert("RGB").getpixel((8, 8)))
convert(b"original", b"after.webp")
print(json.dumps(colors))
"""

    colors = json.loads(run_isolated(interpreter, tree, program))

    assert colors.keys() == PICTURES.keys()
    for name, frames in colors.items():
        assert are_colors_close(frames, [RED, GREEN] if name in ("apng", "avif") else [RED], tolerance=3), name
    for name in ("before.webp", "after.webp"):
        rendition = Image.open(tmp_path / name)
        assert (rendition.format, rendition.size) == ("WEBP", (120, 80))
        assert are_colors_close(quadrant_colors(rendition), quadrant_colors(quadrants()))


def test_libvips_when_the_bundle_is_moved_is_loaded_from_there(interpreter: str, tree: Path, tmp_path: Path) -> None:
    """Lambda unpacks the bundle into /var/task. libvips has the relative search path $ORIGIN/pyvips_binary.libs."""
    if sys.platform != "linux":
        pytest.skip("this machine has no /proc/self/maps")
    task = shutil.copytree(tree, tmp_path / "task")
    program = "import _libvips\nfor line in open('/proc/self/maps'): print(line.split()[-1])"

    loaded = {Path(name) for name in run_isolated(interpreter, task, program).splitlines()}

    expected = {task / "_libvips.abi3.so", *task.glob("pyvips_binary.libs/*")}
    assert {path for path in loaded if "libvips" in path.name} == expected
