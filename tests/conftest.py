import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.aws_servers import Moto


@pytest.fixture(autouse=True)
def restored_pixel_limit() -> Iterator[None]:
    """Restore Pillow's limit of pixels after each test.

    Rendering lowers the limit. The edge function has its own process; tests render and open pictures in one process.
    """
    original_limit = Image.MAX_IMAGE_PIXELS
    yield
    Image.MAX_IMAGE_PIXELS = original_limit


@pytest.fixture(autouse=True)
def unreachable_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set invented credentials and an endpoint that refuses connections, so that no test can reach AWS."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_CLOUDFRONT", "OPS_DEBUG", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    values = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented", "AWS_EC2_METADATA_DISABLED": "true"}
    values |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    for name, value in (values | {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """The URL of a moto server, which simulates AWS."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_url: str) -> Moto:
    """A simulated AWS without resources."""
    moto = Moto(moto_url)
    moto.reset()
    return moto
