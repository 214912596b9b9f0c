"""Write pictures for end-to-end tests, and decode the responses."""

import io
from pathlib import Path

from PIL import Image

from conformance.pictures import quadrants
from tests.support.served_stack import Response


def write_picture(path: Path, width: int, height: int, **options: object) -> Path:
    """Write a picture in the format of the file name's extension. `options` are Pillow's options of that format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _save_at_once(quadrants(width, height), path, **options)
    return path


def write_noise(path: Path) -> Image.Image:
    """Write and return noise that no encoder compresses: 2.4 MB as PNG, which is too large for one response."""
    picture = Image.merge("RGB", [Image.effect_noise((900, 900), 80) for _ in range(3)])
    _save_at_once(picture, path)
    return picture


def _save_at_once(picture: Image.Image, path: Path, **options: object) -> None:
    """Save a picture so that the local engine uploads it once: it ignores the hidden file, which is then renamed."""
    hidden = path.with_name(f".{path.name}")
    picture.save(hidden, **options)
    hidden.rename(path)


def decode(response: Response) -> Image.Image:
    """Decode the body of a response with status 200."""
    assert response.status == 200, response
    picture = Image.open(io.BytesIO(response.body))
    picture.load()
    return picture


def decoded_size(response: Response) -> tuple[int, int]:
    """Return the width and the height of the decoded body."""
    return decode(response).size
