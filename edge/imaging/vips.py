"""An image of libvips, and the operations on it.

Operations and their options: https://www.libvips.org/API/current/function-list.html
"""

from functools import cached_property
from typing import Any, Self

from edge.imaging.libvips import Object, VipsError, call, ffi, lib, take_messages, take_value


class Image(Object):
    """An image of libvips. Most operations only plan their work; `in_memory`, `to_bytes` and `save` do the work."""

    @classmethod
    def load(cls, operation: str, data: bytes, **options: object) -> Self:
        """Read the header of a file in memory with a loader. Raises VipsError if the loader refuses the file."""
        buffer = ffi.from_buffer(data)
        source = Object(lib.vips_source_new_from_memory(buffer, len(data)), (data, buffer))
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
        built = call(operation, arguments)
        value = ffi.new("GValue *")
        lib.g_value_init(value, lib.g_type_from_name(b"VipsImage"))
        lib.g_object_get_property(built.pointer, b"out", value)
        pointer = lib.g_value_get_object(value)
        lib.g_object_ref(pointer)
        lib.g_value_unset(value)
        lib.vips_object_unref_outputs(ffi.cast("VipsObject *", built.pointer))
        return cls(pointer, tuple(arguments.values()))

    @cached_property
    def width(self) -> int:
        """The number of pixels of a row."""
        return self.get("width")

    @cached_property
    def height(self) -> int:
        """The number of rows; of an animation, the rows of all frames together."""
        return self.get("height")

    @cached_property
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
        return Image._from_operation(operation, in_=self, **arguments)

    def crop(self, left: int, top: int, width: int, height: int) -> "Image":
        """Return an area of the image."""
        return Image._from_operation("extract_area", input=self, left=left, top=top, width=width, height=height)

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
        region = Object(lib.vips_region_new(self._image))
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
        target = Object(lib.vips_target_new_to_memory())
        call(operation, {"in_": self, "target": target, "keep": "none", **options})
        value = ffi.new("GValue *")
        lib.g_value_init(value, lib.g_type_from_name(b"VipsBlob"))
        lib.g_object_get_property(target.pointer, b"blob", value)
        return take_value(value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field of the header, such as `orientation`, or the default if the image does not have the field."""
        if not lib.vips_image_get_typeof(self._image, name.encode()):
            return default
        value = ffi.new("GValue *")
        if lib.vips_image_get(self._image, name.encode(), value):
            raise VipsError(take_messages())
        return take_value(value)

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
