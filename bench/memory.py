"""How much memory one rendition of a large original takes, above what the waiting process has."""

import sys
from pathlib import Path
from typing import Any, Final

from bench import originals
from bench.peers.peer import COMMANDS, Peer

_WIDTH: Final = 320


def measured() -> dict[str, Any]:
    """Bytes by original's format and peer: at the start, and at the peak."""
    found: dict[str, Any] = {}
    for kind in originals.FORMATS:
        path = originals.photograph(kind, 24)
        found[kind] = {name: _one(name, path) for name in COMMANDS}
        sys.stderr.write(f"memory for {kind}: {found[kind]}\n")
    return found


def _one(name: str, path: Path) -> dict[str, int]:
    with Peer(name) as peer:
        start = _resident(peer.pid, "VmRSS")
        peer.make(path, "jpeg", width=_WIDTH)
        return {"start": start, "peak": _resident(peer.pid, "VmHWM")}


def _resident(pid: int, row: str) -> int:
    """https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{row}:"))
