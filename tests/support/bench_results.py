"""Made-up benchmark results in the shape of measured ones."""

from typing import Any

from bench.peers.peer import COMMANDS


def _cell(
    original: str, megapixels: float, width: int, kind: str, *, our_ms: float, byte_ratio: float
) -> dict[str, Any]:
    peers = {name: {"ms": 100.0, "bytes": 1000} for name in COMMANDS}
    peers["ours"] = {"ms": our_ms, "bytes": round(1000 * byte_ratio)}
    return {"original": original, "megapixels": megapixels, "width": width, "format": kind, "peers": peers}


_MEMORY = {name: {"start": 1 << 20, "peak": 3 << 20} for name in COMMANDS}
_COLD_MEDIANS = {"ours": 100.0, "node": 200.0, "boto3": 400.0, "python alone": 10.0, "node alone": 40.0}

RESULTS: dict[str, Any] = {
    "date": "2026-11-01",
    "qualities": {
        "photographs": {
            "jpeg": {
                "ours": {"quality": 80, "ssim": 0.92, "bytes": 90},
                "sharp": {"quality": 81, "ssim": 0.92, "bytes": 100},
            }
        }
    },
    "sharpness": [
        {"original": "jpeg", "width": 100, "peers": dict.fromkeys(COMMANDS, 0.98) | {"ours": 0.99}},
        {"original": "png", "width": 100, "peers": dict.fromkeys(COMMANDS, 0.98) | {"ours": 0.97}},
    ],
    "grid": [
        _cell("jpeg", 6, 320, "webp", our_ms=50.0, byte_ratio=0.9),
        _cell("png", 24, 1600, "png", our_ms=200.0, byte_ratio=0.4),
    ],
    "cold": {
        "ms": {name: {"min": median - 5, "median": median} for name, median in _COLD_MEDIANS.items()},
        "ours": {"read": 10.0, "decode": 5.0, "resize": 5.0, "color": 0.0, "encode": 10.0, "function": 50.0},
    },
    "memory": {"jpeg": _MEMORY},
    "size": {"ours": 7_700_000, "sharp": 8_500_000},
    "engine": {
        "misses": 20.0,
        "hits": 800.0,
        "ms": {"wall": 100.0, "function": 80.0, "pillow": 60.0, "read": 15.0},
    },
}
