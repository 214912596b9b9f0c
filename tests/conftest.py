from collections.abc import Iterator

import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def pillows_own_limit() -> Iterator[None]:
    """Rendering lowers it, in a process of its own; the tests open pictures in the same one."""
    before = Image.MAX_IMAGE_PIXELS
    yield
    Image.MAX_IMAGE_PIXELS = before
