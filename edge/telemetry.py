"""One JSON line per answer: what was asked, what came of it, and where the time went."""

import json
import time

from edge.event import Request, Response

_cold = True


def log(request: Request, response: Response, *, started: float, timings: dict[str, float]) -> None:
    """To stdout, which Lambda sends to CloudWatch Logs. `timings` in milliseconds; no viewer's address, ever."""
    global _cold
    line = {
        "request": request.id,
        "key": request.key,
        "query": request.query,
        "method": request.method,
        "origin_status": request.status,
        "status": request.status if response.body is None else response.status,
        "bytes_in": request.length,
        "bytes_out": None if response.body is None else len(response.body),
        "ms": {**timings, "function": elapsed(started)},
        "cold": _cold,
    }
    _cold = False
    line |= {name: text for name, text in (("way", response.way), ("detail", response.detail)) if text}
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201  # stdout is the log


def elapsed(since: float) -> float:
    """Milliseconds since a reading of time.perf_counter()."""
    return round((time.perf_counter() - since) * 1000, 1)


def server_timing(timings: dict[str, float], way: str) -> str:
    """The header's value. https://www.w3.org/TR/server-timing/"""
    phases = [f"{phase};dur={milliseconds:.1f}" for phase, milliseconds in timings.items()]
    return ", ".join([*phases, f'way;desc="{way}"'] if way else phases)
