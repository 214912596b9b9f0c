"""Call libvips through the extension module of the wheel pyvips-binary. This module is the only one that imports it.

The package pyvips is not used: importing it adds 58 ms to a cold start, and this module adds 12 ms.
Operations and their options: https://www.libvips.org/API/current/function-list.html
"""

import os
from typing import Any, Final, Self, cast

# libvips reads these variables once, when it starts. Its warnings would otherwise be lines in the log of the function.
os.environ.update(VIPS_CONCURRENCY="1", VIPS_WARNING="1")

from _libvips import ffi, lib  # type: ignore[import-untyped]

_ENUM_TYPE: Final = 48
"""The fundamental type of GObject's enumerations."""
_NAMED_INPUT: Final = ("extract_area", "subsample")
"""The operations whose image has the name `input`. In other operations, the name is `in`."""
_ALLOWED_LOADERS: Final = ("Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff")
"""The loaders that the pipeline needs, by the names of their classes. libvips refuses every other loader."""


class VipsError(Exception):
    """libvips refused an operation or a file. The message is libvips' own."""


class _Object:
    """A reference to an object of libvips. `inputs` are the objects and the bytes that this object reads."""

    def __init__(self, pointer: Any, inputs: tuple[object, ...] = ()) -> None:
        if pointer == ffi.NULL:
            raise VipsError(take_messages())
        self._inputs = inputs
        self.pointer = ffi.gc(ffi.cast("GObject *", pointer), lib.g_object_unref)


class Image(_Object):
    """An image of libvips. Most operations only plan their work; `in_memory`, `to_bytes` and `save` do the work."""

    @classmethod
    def load(cls, operation: str, data: bytes, **options: object) -> Self:
        """Read the header of a file in memory with a loader. Raises VipsError if the loader refuses the file."""
        buffer = ffi.from_buffer(data)
        source = _Object(lib.vips_source_new_from_memory(buffer, len(data)), (data, buffer))
        return cls._from_operation(operation, source=source, **options)

    @classmethod
    def from_pixels(cls, pixels: bytes, width: int, height: int, bands: int) -> "Image":
        """Return an image of 8-bit pixels in rows. The number of bands decides whether they are gray or sRGB."""
        buffer = ffi.from_buffer(pixels)
        pointer = lib.vips_image_new_from_memory(buffer, len(pixels), width, height, bands, 0)
        image = cls(pointer, (pixels, buffer))
        # `in_memory` of the image itself would not copy the pixels, and Python could free them.
        return image.apply("copy", interpretation="b-w" if bands < 3 else "srgb")

    @classmethod
    def _from_operation(cls, operation: str, **arguments: object) -> Self:
        built = _call(operation, arguments)
        value = ffi.new("GValue *")
        lib.g_value_init(value, lib.g_type_from_name(b"VipsImage"))
        lib.g_object_get_property(built.pointer, b"out", value)
        pointer = lib.g_value_get_object(value)
        lib.g_object_ref(pointer)
        lib.g_value_unset(value)
        lib.vips_object_unref_outputs(ffi.cast("VipsObject *", built.pointer))
        return cls(pointer, tuple(arguments.values()))

    @property
    def width(self) -> int:
        """The number of pixels of a row."""
        return self.get("width")

    @property
    def height(self) -> int:
        """The number of rows; of an animation, the rows of all frames together."""
        return self.get("height")

    @property
    def bands(self) -> int:
        """The number of channels, which includes the alpha channel."""
        return self.get("bands")

    @property
    def has_alpha(self) -> bool:
        """Whether the last band is an alpha channel."""
        return bool(lib.vips_image_hasalpha(self._image))

    def apply(self, operation: str, **arguments: object) -> "Image":
        """Return the result of an operation on this image. An underscore in the name of an option is a hyphen.

        Raises VipsError if libvips refuses the operation.
        """
        name = "input" if operation in _NAMED_INPUT else "in_"
        return Image._from_operation(operation, **{name: self}, **arguments)

    def crop(self, left: int, top: int, width: int, height: int) -> "Image":
        """Return an area of the image."""
        return self.apply("extract_area", left=left, top=top, width=width, height=height)

    def multiply(self, other: "Image") -> "Image":
        """Return the products of the pixels of two images. A single band is multiplied with every band."""
        return Image._from_operation("multiply", left=self, right=other)

    def join_band(self, other: "Image") -> "Image":
        """Return the image with the bands of another image after its own bands."""
        return Image._from_operation("bandjoin", in_=[self, other])

    @classmethod
    def join_frames(cls, frames: "list[Image]") -> Self:
        """Return the frames of an animation below each other in one image, as savers of animations require."""
        joined = cls._from_operation("arrayjoin", in_=frames, across=1)
        joined.set("page-height", frames[0].height)
        return joined

    def in_memory(self) -> "Image":
        """Return the image with calculated pixels."""
        return Image(lib.vips_image_copy_memory(self._image))

    def to_bytes(self, top: int = 0, height: int | None = None) -> bytes:
        """Return the pixels of `height` rows from the row `top`; of all rows after this row if `height` is None."""
        length = ffi.new("size_t *")
        region = _Object(lib.vips_region_new(self._image))
        pointer = ffi.cast("VipsRegion *", region.pointer)
        rows = self.height - top if height is None else height
        memory = lib.vips_region_fetch(pointer, 0, top, self.width, rows, length)
        if memory == ffi.NULL:
            raise VipsError(take_messages())
        try:
            return bytes(ffi.buffer(memory, length[0]))
        finally:
            lib.g_free(memory)

    def save(self, operation: str, **options: object) -> bytes:
        """Return the image as a file, written by the saver `operation`, without metadata."""
        target = _Object(lib.vips_target_new_to_memory())
        _call(operation, {"in_": self, "target": target, "keep": "none", **options})
        value = ffi.new("GValue *")
        lib.g_value_init(value, lib.g_type_from_name(b"VipsBlob"))
        lib.g_object_get_property(target.pointer, b"blob", value)
        return _take_value(value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field of the header, such as `orientation`, or the default if the image does not have the field."""
        if not lib.vips_image_get_typeof(self._image, name.encode()):
            return default
        value = ffi.new("GValue *")
        if lib.vips_image_get(self._image, name.encode(), value):
            raise VipsError(take_messages())
        return _take_value(value)

    def set(self, name: str, content: int | list[int] | bytes) -> None:
        """Set a field of the header."""
        value = ffi.new("GValue *")
        if isinstance(content, bytes):
            lib.g_value_init(value, lib.g_type_from_name(b"VipsBlob"))
            memory = lib.g_malloc(len(content))
            ffi.memmove(memory, content, len(content))
            lib.vips_value_set_blob_free(value, memory, len(content))
        elif isinstance(content, list):
            lib.g_value_init(value, lib.g_type_from_name(b"VipsArrayInt"))
            lib.vips_value_set_array_int(value, content, len(content))
        else:
            lib.g_value_init(value, lib.g_type_from_name(b"gint"))
            lib.g_value_set_int(value, content)
        lib.vips_image_set(self._image, name.encode(), value)
        lib.g_value_unset(value)

    @property
    def _image(self) -> Any:
        return ffi.cast("VipsImage *", self.pointer)


def take_messages() -> str:
    """Return the errors and the decoder's warnings since the last call, and forget them."""
    text = ffi.string(lib.vips_error_buffer()).decode(errors="replace").strip()
    lib.vips_error_clear()
    return text


def _call(name: str, arguments: dict[str, object]) -> _Object:
    """Run an operation. Objects are set as properties; the other arguments are passed as one text."""
    operation = _Object(lib.vips_operation_new(name.encode()))
    target = ffi.cast("VipsObject *", operation.pointer)
    texts: list[str] = []
    for key, item in arguments.items():
        option = key.rstrip("_").replace("_", "-")
        if isinstance(item, _Object) or _is_list_of_images(item):
            _set_property(operation, option, item)
        else:
            texts.append(f"{option}={_to_text(item)}")
    if lib.vips_object_set_from_string(target, ",".join(texts).encode()):
        raise VipsError(take_messages())
    built = lib.vips_cache_operation_build(ffi.cast("VipsOperation *", operation.pointer))
    if built == ffi.NULL:
        lib.vips_object_unref_outputs(target)
        raise VipsError(take_messages())
    return _Object(built)


def _is_list_of_images(item: object) -> bool:
    return isinstance(item, list) and all(isinstance(image, Image) for image in cast("list[object]", item))


def _to_text(item: object) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    return " ".join(map(repr, cast("list[float]", item))) if isinstance(item, list) else str(item)


def _set_property(operation: _Object, name: str, item: Any) -> None:
    value = ffi.new("GValue *")
    if isinstance(item, _Object):
        lib.g_value_init(value, item.pointer.g_type_instance.g_class.g_type)
        lib.g_value_set_object(value, item.pointer)
    else:
        lib.g_value_init(value, lib.g_type_from_name(b"VipsArrayImage"))
        lib.vips_value_set_array_image(value, len(item))
        images = lib.vips_value_get_array_image(value, ffi.NULL)
        for number, image in enumerate(item):
            lib.g_object_ref(image.pointer)  # The array takes over one reference to each image.
            images[number] = ffi.cast("VipsImage *", image.pointer)
    lib.g_object_set_property(operation.pointer, name.encode(), value)
    lib.g_value_unset(value)


def _take_value(value: Any) -> Any:
    """Return the content of a GValue as an object of Python, and free the GValue."""
    length = ffi.new("size_t *")
    count = ffi.new("int *")
    try:
        match ffi.string(lib.g_type_name(value.g_type)):
            case b"gint":
                return lib.g_value_get_int(value)
            case b"VipsBlob":
                return bytes(ffi.buffer(lib.vips_value_get_blob(value, length), length[0]))
            case b"VipsArrayInt":
                return list(lib.vips_value_get_array_int(value, count)[0 : count[0]])
            case _ if lib.g_type_fundamental(value.g_type) == _ENUM_TYPE:
                return ffi.string(lib.vips_enum_nick(value.g_type, lib.g_value_get_enum(value))).decode()
            case _:
                return None
    finally:
        lib.g_value_unset(value)


if lib.vips_init(b"edge"):
    raise ImportError(f"libvips does not start: {take_messages()}")
lib.vips_cache_set_max(0)
lib.vips_block_untrusted_set(True)
lib.vips_operation_block_set(b"VipsForeignLoad", True)
for _name in _ALLOWED_LOADERS:
    lib.vips_operation_block_set(f"VipsForeignLoad{_name}".encode(), False)
