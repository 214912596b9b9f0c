"""The peers that run on this project's own Pillow; the others need what only `make bench` installs."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bench.peers.peer import Peer, PeerError
from conformance.pictures import BLUE, GREEN, RED, YELLOW, alike, corners, encoded, quadrants


@pytest.fixture(params=["ours", "naive"])
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    with Peer(request.param) as peer:
        yield peer


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return _written(tmp_path, quadrants(480, 320))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_a_peer_makes_the_picture_that_was_asked_for(peer: Peer, original: Path, tmp_path: Path, kind: str) -> None:
    output = tmp_path / "output"

    made = peer.make(original, kind, width=120, output=output)

    image = Image.open(io.BytesIO(output.read_bytes()))
    assert (image.format, image.size) == (kind.upper(), (120, 80))
    assert alike(corners(image), [RED, GREEN, BLUE, YELLOW])
    assert made.bytes == output.stat().st_size


@pytest.mark.parametrize(("fit", "size"), [("cover", (60, 60)), ("contain", (60, 40)), ("fill", (60, 60))])
def test_a_peer_fits_as_it_is_told(peer: Peer, original: Path, tmp_path: Path, fit: str, size: tuple[int, int]) -> None:
    output = tmp_path / "output"

    peer.make(original, "jpeg", width=60, height=60, fit=fit, output=output)

    assert Image.open(io.BytesIO(output.read_bytes())).size == size


def test_a_peer_tells_the_time_of_every_repetition(peer: Peer, original: Path) -> None:
    assert len(peer.make(original, "jpeg", width=10, repeat=3).ms) == 3


def test_a_lower_quality_makes_fewer_bytes(peer: Peer, original: Path) -> None:
    high, low = (peer.make(original, "jpeg", width=200, quality=quality) for quality in (90, 30))

    assert low.bytes < high.bytes


def test_what_is_no_picture_is_a_sentence_and_the_worker_lives_on(peer: Peer, original: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"no picture")
    before = peer.pid

    with pytest.raises(PeerError, match="image"):
        peer.make(broken, "jpeg", width=10)

    assert peer.make(original, "jpeg", width=10).bytes
    assert peer.pid == before


def test_what_takes_too_long_is_ended_and_the_next_job_gets_a_new_worker(tmp_path: Path) -> None:
    large = _written(tmp_path, quadrants(3000, 2000))
    with Peer("naive", timeout=0.001) as peer:
        before = peer.pid

        with pytest.raises(PeerError, match="seconds"):
            peer.make(large, "png")
        assert peer.pid != before


def test_memory_is_limited(tmp_path: Path) -> None:
    large = _written(tmp_path, quadrants(12_000, 12_000, "L"))
    with Peer("naive", memory=400 << 20) as peer, pytest.raises(PeerError, match="MemoryError"):
        peer.make(large, "png", width=10)


def _written(folder: Path, image: Image.Image) -> Path:
    path = folder / "original"
    path.write_bytes(encoded(image, "PNG"))
    return path
