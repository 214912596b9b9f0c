"""The memory limit of a sandbox, which counts its process and the children of the process."""

import asyncio
import contextlib
from typing import Final

import psutil

_INTERVAL: Final = 0.05
"""The seconds between two checks of the memory in use."""


async def wait_until_exceeded(pid: int, limit: int) -> bool:
    """Return true as soon as a process uses more than `limit` MB, and false when it has ended."""
    try:
        process = psutil.Process(pid)
        while True:
            await asyncio.sleep(_INTERVAL)
            if _memory_in_use(process) > limit << 20:
                return True
    except psutil.NoSuchProcess:
        return False


def _memory_in_use(process: psutil.Process) -> int:
    """Return the bytes of memory of a process and its children. Memory that they share counts once."""
    in_use: int = process.memory_info().rss
    for child in process.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            in_use += child.memory_full_info().uss
    return in_use
