"""What would make a stack cheaper, and by how much."""

from dataclasses import replace
from typing import Final

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month

SMALLER: Final = "answers a quarter smaller"
HITS: Final = "half the misses"
FIREWALL: Final = "no firewall"


def savings(given: Assumptions) -> list[tuple[str, float]]:
    """What could be different, and what it would save in US dollars; what saves most comes first."""
    others = {
        SMALLER: replace(given, response_bytes=round(given.response_bytes * 0.75)),
        HITS: replace(given, hit_rate=(1 + given.hit_rate) / 2),
        FIREWALL: replace(given, firewall=False),
    }
    now = estimate_month(given).total
    saved = [(name, now - estimate_month(other).total) for name, other in others.items()]
    return sorted(saved, key=lambda pair: -pair[1])
