import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.decoded_pictures import write
from tests.support.served_stack import ROOT, Served, served


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, and pictures whose names contain special characters."""
    folder = tmp_path_factory.mktemp("images")
    shutil.copytree(ROOT / "samples", folder, dirs_exist_ok=True)
    for name in ("a b.png", "caf\u00e9/\u00fcber.png", "1+1.png", "100%.png", "100%25.png", "it's(1)!*.png"):
        write(folder / name, 90, 60)
    write(folder / "wide.jpg", 900, 300)
    (folder / "text.jpg").write_text("this is no picture")
    (folder / "empty.png").write_bytes(b"")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>')
    return folder


@pytest.fixture(scope="session")
def stack(images: Path) -> Iterator[Served]:
    """One dev stack for all tests that do not change it."""
    with served(images) as running:
        yield running
