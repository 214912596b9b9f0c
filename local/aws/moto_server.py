"""A process of its own for moto's AWS: prints its port, and ends when its standard input does."""

import logging
import sys

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from local.aws.moto_events import tell_more
from local.aws.moto_keys import ask_keys
from local.aws.moto_versions import list_quickly


def main() -> None:
    """Run as `python -m local.aws.moto_server`; a pipe as standard input ties its life to the parent's."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    ask_keys()
    tell_more()
    list_quickly()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    sys.stdout.write(f"{server.get_host_and_port()[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
