"""The peer `ours`: this project's pipeline, with the arguments of the edge function and a stack's default limits."""

from bench.peers.worker import Job, serve
from edge.imaging.formats import sniff
from edge.imaging.pipeline import render
from edge.rendition import Rendition

_UNLIMITED_BODY = 1 << 40
"""A limit in bytes that no rendition reaches. The other peers have no limit of the response, so `ours` has none."""


def make(original: bytes, job: Job) -> bytes:
    """Return the rendition, or the original if it is an SVG, as the edge function does."""
    if sniff(original) == "svg":
        return original
    has_box = job.width is not None and job.height is not None
    rendition = Rendition(
        width=job.width,
        height=job.height,
        fit=job.fit if has_box else "cover",
        format=job.format,
        quality=None if job.format == "png" else job.quality,
        background=job.background if job.format == "jpeg" else "ffffff",
    )
    return render(
        original,
        rendition,
        max_pixels=100_000_000,
        max_frames=1000,
        max_dimension=4096,
        max_body=_UNLIMITED_BODY,
    ).body


if __name__ == "__main__":
    serve(make)
