from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image


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
