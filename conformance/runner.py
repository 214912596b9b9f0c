"""The runner, which runs each picture case with each peer and checks the outputs."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.peers.peer import Peer, PeerCrashError, PeerError, PeerTimeoutError
from conformance.case import Case, CaseResult, Output

PEERS: Final = ("ours", "sharp", "thumbor")
_TIMEOUT: Final = 5.0
"""The seconds within which a peer must refuse a hostile original. Every other render takes less time."""


def run_all(cases: Sequence[Case]) -> dict[str, list[CaseResult]]:
    """Return the results by peer, in the order of the picture cases."""
    results: dict[str, list[CaseResult]] = {name: [] for name in PEERS}
    with tempfile.TemporaryDirectory() as folder:
        for name, peer_results in results.items():
            with Peer(name, timeout=_TIMEOUT) as peer:
                for result in _run_cases(peer, cases, Path(folder)):
                    peer_results.append(result)
                    if len(peer_results) % 50 == 0 or len(peer_results) == len(cases):
                        sys.stderr.write(f"{name}: {len(peer_results)} of {len(cases)}\n")
    return results


def _run_cases(peer: Peer, cases: Sequence[Case], folder: Path) -> Iterator[CaseResult]:
    for number, case in enumerate(cases):
        original = folder / f"{number}.original"
        original.write_bytes(case.original())
        target = folder / f"{number}.{peer.name}"
        target.unlink(missing_ok=True)
        try:
            peer.make(original, case.format, output=target, **case.options)
        except PeerTimeoutError:
            yield CaseResult(None, "timeout")
        except PeerCrashError:
            yield CaseResult(None, "crash")
        except PeerError:
            yield CaseResult(None, None if case.check is None else "error")
        else:
            body = target.read_bytes()
            yield CaseResult(body, _find_problem(case, body))


def _find_problem(case: Case, body: bytes) -> str | None:
    if case.check is None:
        return None if case.may_be_rendered else "rendered"
    try:
        return case.check(Output(body))
    except (OSError, ValueError, IndexError) as error:
        return f"not an image ({type(error).__name__})"
