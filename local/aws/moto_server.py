"""The process that runs moto: prints its port, and ends when its standard input ends."""

import logging
import sys

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from local.aws.moto_patches import apply_patches


def main() -> None:
    """Run as `python -m local.aws.moto_server`. With a pipe as standard input the process ends with its parent."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    apply_patches()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    sys.stdout.write(f"{server.get_host_and_port()[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
