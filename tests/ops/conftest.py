import logging
from collections.abc import Iterator

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.support.aws_servers import Moto


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """The URL of a moto server, which simulates AWS."""
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
