"""edge.render, as the edge function calls it: with a stack's default limits, but the one on the answer's size."""

from bench.peers.worker import Job, serve
from edge.imaging.formats import sniff
from edge.imaging.pipeline import render
from edge.rendition import Rendition

_ANY_SIZE = 1 << 40
"""Bytes: elsewhere is measured what becomes of a rendition that does not fit into one answer."""


def make(original: bytes, job: Job) -> bytes:
    """The rendition; the original itself where that is the better answer."""
    if sniff(original) == "svg":
        return original
    boxed = job.width is not None and job.height is not None
    rendition = Rendition(
        width=job.width,
        height=job.height,
        fit=job.fit if boxed else "cover",
        format=job.format,
        quality=None if job.format == "png" else job.quality,
        background=job.background if job.format == "jpeg" else "ffffff",
    )
    rendered = render(
        original, rendition, max_pixels=100_000_000, max_frames=1000, max_dimension=4096, max_body=_ANY_SIZE
    )
    return rendered.body if rendered else original


if __name__ == "__main__":
    serve(make)
