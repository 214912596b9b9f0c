"""Write pictures for end-to-end tests, and decode the responses."""

import io
from pathlib import Path

from PIL import Image

from tests.support.served_stack import Response

COLOURS = ((220, 40, 40), (40, 180, 60), (40, 70, 220), (240, 220, 60))


def quadrants(width: int, height: int) -> Image.Image:
    """Return a picture of four colors: top left, top right, bottom left, bottom right."""
    image = Image.new("RGB", (2, 2))
    image.putdata(COLOURS)
    return image.resize((width, height), Image.Resampling.NEAREST)


def write(path: Path, width: int, height: int, **options: object) -> Path:
    """Write a picture in the format of the file name's extension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quadrants(width, height).save(path, **options)
    return path


def image(reply: Response) -> Image.Image:
    """Decode the body of a response with status 200."""
    assert reply.status == 200, reply
    opened = Image.open(io.BytesIO(reply.body))
    opened.load()
    return opened


def size(reply: Response) -> tuple[int, int]:
    """Return the size of the decoded body."""
    return image(reply).size
