"""Start libvips, and call its operations with objects and values of Python.

This is the only module that imports the extension module of the wheel pyvips-binary. The package pyvips is not used:
importing it adds 58 ms to a cold start, and this module adds 12 ms.
https://www.libvips.org/API/current/binding.html
"""

import os
from typing import Any, Final, cast

# libvips reads these variables once, when it starts. Its warnings would otherwise be lines in the log of the function.
os.environ.update(VIPS_CONCURRENCY="1", VIPS_WARNING="1")

from _libvips import ffi, lib  # type: ignore[import-untyped]

_ENUM_TYPE: Final = 48
"""The fundamental type of GObject's enumerations."""
_ALLOWED_LOADERS: Final = ("Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff")
"""The loaders that the pipeline needs, by the names of their classes. libvips refuses every other loader."""


class VipsError(Exception):
    """libvips refused an operation or a file. The message is libvips' own."""


class Object:
    """A reference to an object of libvips. `inputs` are the objects and the bytes that this object reads."""

    def __init__(self, pointer: Any, inputs: tuple[object, ...] = ()) -> None:
        if pointer == ffi.NULL:
            raise VipsError(take_messages())
        self._inputs = inputs
        self.pointer = ffi.gc(ffi.cast("GObject *", pointer), lib.g_object_unref)


def take_messages() -> str:
    """Return the errors and the decoder's warnings since the last call, and forget them."""
    text = ffi.string(lib.vips_error_buffer()).decode(errors="replace").strip()
    lib.vips_error_clear()
    return text


def call(name: str, arguments: dict[str, object]) -> Object:
    """Run an operation. Objects are set as properties; the other arguments are passed as one text."""
    operation = Object(lib.vips_operation_new(name.encode()))
    target = ffi.cast("VipsObject *", operation.pointer)
    texts: list[str] = []
    for key, item in arguments.items():
        option = key.rstrip("_").replace("_", "-")
        if isinstance(item, Object) or _is_list_of_objects(item):
            _set_property(operation, option, item)
        else:
            texts.append(f"{option}={_to_text(item)}")
    if lib.vips_object_set_from_string(target, ",".join(texts).encode()):
        raise VipsError(take_messages())
    built = lib.vips_cache_operation_build(ffi.cast("VipsOperation *", operation.pointer))
    if built == ffi.NULL:
        lib.vips_object_unref_outputs(target)
        raise VipsError(take_messages())
    return Object(built)


def _is_list_of_objects(item: object) -> bool:
    return isinstance(item, list) and all(isinstance(element, Object) for element in cast("list[object]", item))


def _to_text(item: object) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    return " ".join(map(repr, cast("list[float]", item))) if isinstance(item, list) else str(item)


def _set_property(operation: Object, name: str, item: Any) -> None:
    value = ffi.new("GValue *")
    if isinstance(item, Object):
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


def take_value(value: Any) -> Any:
    """Return the content of a GValue as an object of Python, and free the GValue."""
    try:
        match ffi.string(lib.g_type_name(value.g_type)):
            case b"gint":
                return lib.g_value_get_int(value)
            case b"VipsBlob":
                length = ffi.new("size_t *")
                return bytes(ffi.buffer(lib.vips_value_get_blob(value, length), length[0]))
            case b"VipsArrayInt":
                count = ffi.new("int *")
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
