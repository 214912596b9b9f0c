from pathlib import Path

import pytest

from bench.image_files import LABELS, write_image
from conformance.pictures import quadrants
from edge.imaging.formats import sniff


@pytest.mark.parametrize("kind", LABELS)
def test_written_file_has_the_signature_of_its_kind(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "original"

    write_image(quadrants(160, 120), path, kind)

    assert sniff(path.read_bytes()) == {"progressive": "jpeg"}.get(kind, kind)
    assert list(tmp_path.iterdir()) == [path]


def test_progressive_jpeg_has_a_progressive_frame(tmp_path: Path) -> None:
    start_of_progressive_frame = b"\xff\xc2"
    for kind in ("jpeg", "progressive"):
        write_image(quadrants(160, 120), tmp_path / kind, kind)

    assert start_of_progressive_frame in (tmp_path / "progressive").read_bytes()
    assert start_of_progressive_frame not in (tmp_path / "jpeg").read_bytes()
