"""The peer `pyvips`: the `thumbnail` operation of libvips, which shrinks the image while it loads."""

import os

os.environ["VIPS_CONCURRENCY"] = "1"

import pyvips

from bench.peers.worker import Job, serve

_UNBOUNDED = 10_000_000
"""A side of the box, in pixels, that is so long that only the other side limits the size."""
_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "avif": ".avif"}


def make(original: bytes, job: Job) -> bytes:
    """Return the rendition, which is upright, in sRGB, without metadata and never enlarged."""
    has_both_sides = job.width is not None and job.height is not None
    image = pyvips.Image.thumbnail_buffer(
        original,
        job.width or _UNBOUNDED,
        height=job.height or _UNBOUNDED,
        size="force" if has_both_sides and job.fit == "fill" else "down",
        crop="centre" if has_both_sides and job.fit == "cover" else "none",
        option_string="n=-1" if job.format == "webp" and _is_animated(original) else "",
    )
    image = _to_srgb(image)
    if job.format == "jpeg" and image.hasalpha():
        image = image.flatten(background=list(bytes.fromhex(job.background)))
    options: dict[str, str | int] = {"keep": "none"}
    if job.quality is not None and job.format != "png":
        options["Q"] = job.quality
    return image.write_to_buffer(_SUFFIXES[job.format], **options)


def _to_srgb(image: pyvips.Image) -> pyvips.Image:
    """Return the image in sRGB, and convert it only if necessary.

    The `output_profile` option of `thumbnail` would take 20 ms for every picture.
    """
    if image.get_typeof("icc-profile-data"):
        return image.icc_transform("srgb", embedded=True)
    return image if image.interpretation in ("srgb", "b-w") else image.colourspace("srgb")


def _is_animated(original: bytes) -> bool:
    return original.startswith(b"GIF8") or (original[12:16] == b"VP8X" and b"ANIM" in original[:64])


if __name__ == "__main__":
    pyvips.cache_set_max(0)
    serve(make)
