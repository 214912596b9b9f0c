"""Changes that reduce the cost of a stack, with their savings."""

from dataclasses import replace
from typing import Final

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month

SMALLER_RESPONSES: Final = "responses 25 % smaller"
FEWER_MISSES: Final = "half as many misses"
NO_FIREWALL: Final = "no firewall"


def savings(assumptions: Assumptions) -> list[tuple[str, float]]:
    """Return the possible changes with their savings in US dollars per month, the largest first."""
    changes = {
        SMALLER_RESPONSES: replace(assumptions, response_bytes=round(assumptions.response_bytes * 0.75)),
        FEWER_MISSES: replace(assumptions, hit_rate=(1 + assumptions.hit_rate) / 2),
        NO_FIREWALL: replace(assumptions, firewall=False),
    }
    total = estimate_month(assumptions).total
    changes_with_savings = [(name, total - estimate_month(changed).total) for name, changed in changes.items()]
    return sorted(changes_with_savings, key=lambda pair: -pair[1])
