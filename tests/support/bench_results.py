"""Made-up benchmark results in the shape of measured ones."""

from typing import Any

from bench.peers.peer import COMMANDS


def _cell(
    original: str, megapixels: float, width: int, kind: str, *, our_ms: float, byte_ratio: float
) -> dict[str, Any]:
    peers = {name: {"ms": 100.0, "bytes": 1000} for name in COMMANDS}
    peers["ours"] = {"ms": our_ms, "bytes": round(1000 * byte_ratio)}
    return {"original": original, "megapixels": megapixels, "width": width, "format": kind, "peers": peers}


def measured_request(kind: str, megapixels: float, *, ms: float, memory: int, outcome: str = "") -> dict[str, Any]:
    """Return a measured request. `ms` is the time of the function, of which 10 ms are for reading, `memory` is in MB.

    The process has 20 MB at its start.
    """
    return {
        "request": f"{kind} of {megapixels} MP",
        "kind": kind,
        "megapixels": megapixels,
        "ms": {"read": 10.0, "function": ms},
        "start": 20 << 20,
        "peak": memory << 20,
        "status": 302 if outcome else 200,
        "outcome": outcome,
    }


def _times(**medians: float) -> dict[str, dict[str, float]]:
    return {name: {"min": median - 5, "median": median} for name, median in medians.items()}


_MEMORY = {name: {"start": 1 << 20, "peak": 3 << 20} for name in COMMANDS}
_PHASES = {"read": 10.0, "decode": 10.0, "color": 0.0, "encode": 10.0, "function": 50.0}
_KINDS = ("jpeg", "progressive", "png", "webp", "gif", "avif", "tiff", "heic", "bmp")

RESULTS: dict[str, Any] = {
    "date": "2026-11-01",
    "qualities": {
        "photographs": {
            "jpeg": {
                "ours": {"quality": 80, "ssim": 0.92, "bytes": 90},
                "sharp": {"quality": 81, "ssim": 0.92, "bytes": 100},
            },
            "avif": {
                "ours": {"quality": 56, "ssim": 0.93, "bytes": 160},
                "sharp": {"quality": 55, "ssim": 0.93, "bytes": 100},
            },
        }
    },
    "sharpness": [
        {"original": "jpeg", "width": 100, "peers": dict.fromkeys(COMMANDS, 0.98) | {"ours": 0.996}},
        {"original": "png", "width": 100, "peers": dict.fromkeys(COMMANDS, 0.98) | {"ours": 0.97}},
    ],
    "grid": [
        _cell("jpeg", 6, 320, "webp", our_ms=50.0, byte_ratio=0.9),
        _cell("png", 24, 1600, "png", our_ms=200.0, byte_ratio=0.4),
        _cell("jpeg", 6, 320, "avif", our_ms=12.5, byte_ratio=0.6),
    ],
    "cold": {
        "ms": {
            "jpeg": _times(ours=100.0, node=200.0, boto3=400.0),
            "png": _times(ours=90.0, node=200.0, boto3=400.0),
            "webp": _times(ours=80.0, node=200.0, boto3=400.0),
        },
        "interpreters": _times(python=10.0, node=40.0),
        "phases": {"jpeg": _PHASES, "png": _PHASES, "webp": _PHASES},
    },
    "memory": {"jpeg": _MEMORY, "png": _MEMORY | {"ours": {"start": 1 << 20, "peak": 5 << 20}}, "webp": _MEMORY},
    "size": {"ours": 16_900_000, "sharp": 8_500_000},
    "engine": {
        "misses": 20.0,
        "hits": 800.0,
        "ms": {"wall": 100.0, "function": 80.0, "imaging": 60.0, "read": 15.0, "outside": 20.0},
    },
    "operators": {
        "by_original": [
            *(measured_request(kind, 0.3, ms=20.0, memory=30) for kind in _KINDS),
            *(measured_request(kind, 6, ms=40.0, memory=50) for kind in _KINDS),
            measured_request("jpeg", 24, ms=110.0, memory=70),
        ],
        "typical": [measured_request("jpeg", 6, ms=50.0, memory=60), measured_request("png", 6, ms=200.0, memory=60)],
        "extreme": [
            measured_request("jpeg", 100, ms=4_000.0, memory=900),
            measured_request("png", 100, ms=9_000.0, memory=700, outcome="stored"),
        ],
    },
}
