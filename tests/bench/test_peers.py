"""Tests of the peers that run in this project's own environment. `make bench` installs what the other peers need."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bench.peers.peer import Peer, PeerError, PeerTimeoutError
from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, encode, quadrant_colors, quadrants


@pytest.fixture(params=["ours", "naive"])
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    with Peer(request.param) as peer:
        yield peer


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return _write_original(tmp_path, quadrants(480, 320))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_peer_makes_the_requested_format_and_size(peer: Peer, original: Path, tmp_path: Path, kind: str) -> None:
    output = tmp_path / "output"

    result = peer.make(original, kind, width=120, output=output)

    image = Image.open(io.BytesIO(output.read_bytes()))
    assert (image.format, image.size) == (kind.upper(), (120, 80))
    assert are_colors_close(quadrant_colors(image), [RED, GREEN, BLUE, YELLOW])
    assert result.bytes == output.stat().st_size


@pytest.mark.parametrize(("fit", "size"), [("cover", (60, 60)), ("contain", (60, 40)), ("fill", (60, 60))])
def test_peer_applies_the_fit(peer: Peer, original: Path, tmp_path: Path, fit: str, size: tuple[int, int]) -> None:
    output = tmp_path / "output"

    peer.make(original, "jpeg", width=60, height=60, fit=fit, output=output)

    assert Image.open(io.BytesIO(output.read_bytes())).size == size


def test_peer_returns_the_time_of_every_repetition(peer: Peer, original: Path) -> None:
    assert len(peer.make(original, "jpeg", width=10, repeat=3).ms) == 3


def test_peer_makes_fewer_bytes_at_a_lower_quality(peer: Peer, original: Path) -> None:
    high, low = (peer.make(original, "jpeg", width=200, quality=quality) for quality in (90, 30))

    assert low.bytes < high.bytes


def test_peer_keeps_its_worker_after_a_broken_original(peer: Peer, original: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"no picture")
    pid = peer.pid

    with pytest.raises(PeerError, match="image"):
        peer.make(broken, "jpeg", width=10)

    assert peer.make(original, "jpeg", width=10).bytes
    assert peer.pid == pid


def test_peer_restarts_its_worker_after_a_timeout(tmp_path: Path) -> None:
    large = _write_original(tmp_path, quadrants(3000, 2000))
    with Peer("naive", timeout=0.001) as peer:
        pid = peer.pid

        with pytest.raises(PeerTimeoutError, match="seconds"):
            peer.make(large, "png")
        assert peer.pid != pid


def test_peer_limits_the_memory_of_its_worker(tmp_path: Path) -> None:
    large = _write_original(tmp_path, quadrants(12_000, 12_000, "L"))
    with Peer("naive", memory=400 << 20) as peer, pytest.raises(PeerError, match="MemoryError"):
        peer.make(large, "png", width=10)


def _write_original(folder: Path, image: Image.Image) -> Path:
    path = folder / "original"
    path.write_bytes(encode(image, "PNG"))
    return path
