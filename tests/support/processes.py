"""The processes in which the local engine of a test runs functions."""

import os
from contextlib import suppress

import psutil


def sandboxes(handler: str) -> list[psutil.Process]:
    """Return the running sandboxes of a handler, such as `refresh.handler.handler`, of all engines of this process.

    A render is a copy of its sandbox with the same command line, but it does not begin a session.
    """
    processes: list[psutil.Process] = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            is_sandbox = "sandbox.py" in " ".join(process.cmdline()) and handler in process.cmdline()
            if is_sandbox and os.getsid(process.pid) == process.pid:
                processes.append(process)
    return processes
