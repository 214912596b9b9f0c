"""A script of a server that counts concurrent requests."""

import threading
import time

from tests.support.aws_servers import Call, ScriptedResponse


class ConcurrentCalls:
    """Respond to requests in groups, so that the requests of a group run at the same time on every machine."""

    def __init__(self, size: int) -> None:
        """`size` is the number of requests in a group. A group that is not complete after a minute is an error."""
        self._group = threading.Barrier(size, timeout=60)
        self._lock = threading.Lock()
        self._running = 0
        self.maximum = 0
        """The highest number of requests that ran at the same time."""

    def __call__(self, _: Call) -> ScriptedResponse:
        with self._lock:
            self._running += 1
            self.maximum = max(self.maximum, self._running)
        self._group.wait()
        time.sleep(0.1)  # A client that sends too many requests sends the next one now.
        with self._lock:
            self._running -= 1
        return 200, "picture"
