"""libvips through pyvips: its `thumbnail`, which shrinks while it loads."""

import os

os.environ["VIPS_CONCURRENCY"] = "1"

import pyvips

from bench.peers.worker import Job, serve

_ANY = 10_000_000
"""As a side of the box: the other side decides."""
_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "avif": ".avif"}


def make(original: bytes, job: Job) -> bytes:
    """Upright, in sRGB, without metadata, never enlarged."""
    boxed = job.width is not None and job.height is not None
    image = pyvips.Image.thumbnail_buffer(
        original,
        job.width or _ANY,
        height=job.height or _ANY,
        size="force" if boxed and job.fit == "fill" else "down",
        crop="centre" if boxed and job.fit == "cover" else "none",
        option_string="n=-1" if job.format == "webp" and _moves(original) else "",
    )
    image = _srgb(image)
    if job.format == "jpeg" and image.hasalpha():
        image = image.flatten(background=list(bytes.fromhex(job.background)))
    options = {"keep": "none"}
    if job.quality is not None and job.format != "png":
        options["Q"] = job.quality
    return image.write_to_buffer(_SUFFIXES[job.format], **options)


def _srgb(image: pyvips.Image) -> pyvips.Image:
    """Only where there is a profile: asked for at once, `output_profile` costs every picture 20 ms."""
    if image.get_typeof("icc-profile-data"):
        return image.icc_transform("srgb", embedded=True)
    return image if image.interpretation in ("srgb", "b-w") else image.colourspace("srgb")


def _moves(original: bytes) -> bool:
    return original.startswith(b"GIF8") or (original[12:16] == b"VP8X" and b"ANIM" in original[:64])


if __name__ == "__main__":
    pyvips.cache_set_max(0)
    serve(make)
