"""Pictures for whole requests, and what came back of them."""

import io
from pathlib import Path

from PIL import Image

from tests.support.served_stack import Response

COLOURS = ((220, 40, 40), (40, 180, 60), (40, 70, 220), (240, 220, 60))


def quadrants(width: int, height: int) -> Image.Image:
    """Four colours: top left, top right, bottom left, bottom right."""
    image = Image.new("RGB", (2, 2))
    image.putdata(COLOURS)
    return image.resize((width, height), Image.Resampling.NEAREST)


def write(path: Path, width: int, height: int, **options: object) -> Path:
    """A file of the format that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quadrants(width, height).save(path, **options)
    return path


def image(reply: Response) -> Image.Image:
    """Decoded; the status must be 200."""
    assert reply.status == 200, reply
    opened = Image.open(io.BytesIO(reply.body))
    opened.load()
    return opened


def size(reply: Response) -> tuple[int, int]:
    """Of the picture that came."""
    return image(reply).size
