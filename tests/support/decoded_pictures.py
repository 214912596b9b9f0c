"""Write pictures for end-to-end tests, and decode the responses."""

import io
from pathlib import Path

from PIL import Image

from conformance.pictures import quadrants
from tests.support.served_stack import Response


def write_picture(path: Path, width: int, height: int, **options: object) -> Path:
    """Write a picture in the format of the file name's extension. `options` are Pillow's options of that format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quadrants(width, height).save(path, **options)
    return path


def write_noise(path: Path) -> Image.Image:
    """Write and return noise that no encoder compresses: 2.4 MB as PNG, which is too large for one response."""
    picture = Image.merge("RGB", [Image.effect_noise((900, 900), 80) for _ in range(3)])
    picture.save(path)
    return picture


def decode(response: Response) -> Image.Image:
    """Decode the body of a response with status 200."""
    assert response.status == 200, response
    picture = Image.open(io.BytesIO(response.body))
    picture.load()
    return picture


def decoded_size(response: Response) -> tuple[int, int]:
    """Return the width and the height of the decoded body."""
    return decode(response).size
