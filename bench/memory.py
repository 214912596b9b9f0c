"""The measurement of memory: how much one render of a large original takes, above the memory of the idle process."""

import sys
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.peers.peer import COMMANDS, Peer

_WIDTH: Final = 320


def measure() -> dict[str, Any]:
    """Return the resident bytes at the start and at the peak, by format of the original and peer."""
    results: dict[str, Any] = {}
    for kind in originals.FORMATS:
        path = originals.photograph_path(kind, 24)
        results[kind] = {name: _measure_peer(name, path) for name in COMMANDS}
        sys.stderr.write(f"memory for {kind}: {results[kind]}\n")
    return results


def read_memory(pid: int, field: str) -> int:
    """Return a field of a process's memory, in bytes. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def memory_in_use(pid: int) -> int:
    """Return the resident bytes of a process and its children. Memory that they share counts once.

    https://docs.kernel.org/filesystems/proc.html
    """
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(_proportional_bytes, (str(pid), *children)))


def _proportional_bytes(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # The process has ended.
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _measure_peer(name: str, path: Path) -> dict[str, int]:
    with Peer(name) as peer:
        start = read_memory(peer.pid, "VmRSS")
        peer.make(path, "jpeg", width=_WIDTH)
        return {"start": start, "peak": read_memory(peer.pid, "VmHWM")}
