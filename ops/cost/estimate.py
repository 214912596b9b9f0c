"""What a month costs, line by line: assumptions in, prices times quantities out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.console.formatting import format_number
from ops.cost.assumptions import ACCESS_LOG_BYTES, FIREWALL_RULES, LOG_BYTES, MONTH_DAYS, PASSTHROUGH_MS, Assumptions
from ops.cost.price_list import Price, find_price, free_quantity

GROUPS: Final = ("delivery", "rendering", "originals", "firewall", "access log")

_BANDS: Final = (10, 50, 150, 500, 1024, 5120)
"""Where the price of transfer to viewers falls, in TB a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One item of the bill."""

    group: str
    item: str
    quantity: float
    """With what is free."""
    free: float
    price: Price
    because: str
    """How the quantity comes about."""

    @property
    def usd(self) -> float:
        """What is not free, at its price."""
        return (self.quantity - self.free) * self.price.usd / self.price.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """All that is charged for under these assumptions."""

    assumptions: Assumptions
    lines: tuple[LineItem, ...]

    @property
    def total(self) -> float:
        """In US dollars."""
        return sum(line.usd for line in self.lines)

    @property
    def per_thousand_requests(self) -> float | None:
        """What a thousand delivered pictures cost; None without any."""
        return 1000 * self.total / self.assumptions.requests if self.assumptions.requests else None

    def group_total(self, group: str) -> float:
        """What one of GROUPS costs."""
        return sum(line.usd for line in self.lines if line.group == group)


def estimate_month(given: Assumptions) -> Estimate:
    """Without what docs/cost.md says is left out."""
    lines = (*_delivery(given), *_rendering(given), *_originals(given), *_firewall(given), *_access_log(given))
    return Estimate(assumptions=given, lines=lines)


def _line(given: Assumptions, group: str, item: str, quantity: float, because: str, *, name: str = "") -> LineItem:
    """`name` where the item's own says too little."""
    where = given.viewers if item == "CloudFront requests" else given.region
    free = min(quantity, free_quantity(item)) if given.free_tier else 0.0
    asked = find_price(item, where)
    return LineItem(group=group, item=name or item, quantity=quantity, free=free, price=asked, because=because)


def _delivery(given: Assumptions) -> Iterator[LineItem]:
    # The function in front runs on every request, hits included.
    yield _line(given, "delivery", "CloudFront requests", given.requests, "requests")
    yield from _transfer(given)
    yield _line(given, "delivery", "CloudFront Function", given.requests, "requests")
    shielded = given.misses * given.shield_per_miss
    why = f"{format_number(given.misses)} misses x {format_number(given.shield_per_miss)}"
    yield _line(given, "delivery", "Origin Shield", shielded, why)
    yield _line(given, "delivery", "Invalidations", given.invalidations, "paths or tags")


def _transfer(given: Assumptions) -> Iterator[LineItem]:
    """A line for each band that the month's bytes reach; the first always."""
    total = given.requests * given.response_bytes / 1e9
    why = f"requests x {format_number(given.response_bytes)} bytes"
    below = 0.0
    for end in (*_BANDS, None):
        item = f"CloudFront transfer, {f'to {end} TB' if end else 'beyond'}"
        here = min(total, end * 1000 if end else total) - below
        if here > 0 or not below:
            yield _line(given, "delivery", item, here, why)
        below += max(here, 0)
        if below >= total:
            return


def _rendering(given: Assumptions) -> Iterator[LineItem]:
    passed = given.misses - given.renders
    milliseconds = given.renders * given.render_ms + passed * PASSTHROUGH_MS
    renders, memory = format_number(given.renders), f"{format_number(given.memory)} MB"
    why = f"({renders} renders x {format_number(given.render_ms)} ms + {format_number(passed)} x {PASSTHROUGH_MS} ms) x {memory}"
    yield _line(given, "rendering", "Lambda@Edge requests", given.misses, "misses")
    yield _line(given, "rendering", "Lambda@Edge duration", milliseconds / 1000 * given.memory_gb, why)
    yield _line(given, "rendering", "S3 GET", given.renders, "renders", name="S3 GET by the function")
    why = f"{renders} renders x {format_number(given.stored_rate * 100)} %"
    yield _line(
        given, "rendering", "S3 PUT", given.renders * given.stored_rate, why, name="S3 PUT of what is too large"
    )
    why = f"misses x {LOG_BYTES} bytes"
    yield _line(given, "rendering", "CloudWatch Logs", given.misses * LOG_BYTES / 1e9, why)


def _originals(given: Assumptions) -> Iterator[LineItem]:
    why = f"{format_number(given.originals)} x {format_number(given.original_bytes)} bytes"
    yield _line(
        given,
        "originals",
        "S3 storage",
        given.originals * given.original_bytes / 1e9,
        why,
        name="S3 storage of originals",
    )
    yield _line(given, "originals", "S3 GET", given.misses, "misses", name="S3 GET by CloudFront")
    if given.encryption == "kms":
        calls = (given.misses + given.renders * (1 + given.stored_rate)) * given.kms_per_read
        yield _line(given, "originals", "KMS key", 1, "in its first year")
        why = f"requests to S3 x {format_number(given.kms_per_read)}"
        yield _line(given, "originals", "KMS requests", calls, why)


def _firewall(given: Assumptions) -> Iterator[LineItem]:
    if given.firewall:
        yield _line(given, "firewall", "WAF web ACL", 1, "per distribution")
        yield _line(given, "firewall", "WAF rules", FIREWALL_RULES, "three groups of AWS's, one limit")
        yield _line(given, "firewall", "WAF requests", given.requests, "requests")


def _access_log(given: Assumptions) -> Iterator[LineItem]:
    if given.access_logs:
        # Delivery by CloudFront costs nothing; what is kept is that of so many days, once it runs that long.
        kept = given.requests * ACCESS_LOG_BYTES / 1e9 * given.access_log_days / MONTH_DAYS
        why = f"requests x {ACCESS_LOG_BYTES} bytes, for {given.access_log_days} days"
        yield _line(given, "access log", "S3 storage", kept, why, name="S3 storage of the access log")
