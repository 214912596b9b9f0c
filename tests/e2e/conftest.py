import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.decoded_pictures import write_picture
from tests.support.served_stack import ROOT, ServedStack, serve_stack


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples, pictures with special characters in their names, and files that are no pictures."""
    folder = tmp_path_factory.mktemp("images")
    shutil.copytree(ROOT / "samples", folder, dirs_exist_ok=True)
    for name in ("a b.png", "caf\u00e9/\u00fcber.png", "1+1.png", "100%.png", "100%25.png", "it's(1)!*.png"):
        write_picture(folder / name, 90, 60)
    write_picture(folder / "wide.jpg", 900, 300)
    (folder / "text.jpg").write_text("this is no picture")
    (folder / "empty.png").write_bytes(b"")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>')
    return folder


@pytest.fixture(scope="session")
def stack(images: Path) -> Iterator[ServedStack]:
    """The dev stack, shared by all tests that do not change it."""
    with serve_stack(images) as running:
        yield running
