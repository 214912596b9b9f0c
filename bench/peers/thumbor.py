"""The peer `thumbor`: thumbor's own engine and transformer with the default configuration, without the server."""

import logging

from thumbor.config import Config
from thumbor.context import Context, RequestParameters
from thumbor.engines.pil import Engine
from thumbor.transformer import Transformer

from bench.peers.worker import Job, serve


def make(original: bytes, job: Job) -> bytes:
    """Return the rendition. The steps are those of thumbor's handler after it has loaded the original."""
    context = Context(config=Config())
    context.request = RequestParameters(
        width=job.width or 0,
        height=job.height or 0,
        fit_in=job.fit == "contain",
        stretch=job.fit == "fill",
    )
    context.request.engine = engine = Engine(context)
    engine.load(original, None)
    engine.normalize()
    if context.config.RESPECT_ORIENTATION:
        engine.reorientate()
    Transformer(context).img_operation_worker()
    return engine.read(f".{job.format}", _quality(context.config, job))


def _quality(config: Config, job: Job) -> int:
    format_default = {"webp": config.WEBP_QUALITY, "avif": config.AVIF_QUALITY}.get(job.format)
    return job.quality or format_default or config.QUALITY


if __name__ == "__main__":
    logging.disable()
    serve(make)
