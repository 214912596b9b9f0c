"""The estimate of a month, with a line item for each quantity that AWS bills."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ops.console.formatting import format_number
from ops.cost import monitoring
from ops.cost.assumptions import ACCESS_LOG_BYTES, FIREWALL_RULES, LOG_BYTES, MONTH_DAYS, PASSTHROUGH_MS, Assumptions
from ops.cost.price_list import Price, find_price, free_quantity

_TRANSFER_TIERS: Final = (10, 50, 150, 500, 1024, 5120)
"""The upper bounds of the price tiers for transfer to viewers, in TB per month."""


class Group(StrEnum):
    """The groups in which reports add up line items."""

    DELIVERY = "delivery"
    RENDERING = "rendering"
    ORIGINALS = "originals"
    FIREWALL = "firewall"
    ACCESS_LOG = "access log"
    MONITORING = "monitoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One item of the bill."""

    group: Group
    item: str
    quantity: float
    """The quantity, including the free part."""
    free: float
    """The free part of the quantity."""
    price: Price
    calculation: str
    """The calculation of the quantity, as text."""

    @property
    def usd(self) -> float:
        """The cost of the quantity without its free part, in US dollars."""
        return (self.quantity - self.free) * self.price.usd / self.price.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The estimated bill of a month."""

    assumptions: Assumptions
    lines: tuple[LineItem, ...]

    @property
    def total(self) -> float:
        """The sum in US dollars."""
        return sum(line.usd for line in self.lines)

    @property
    def per_thousand_requests(self) -> float | None:
        """The cost of a thousand requests in US dollars; None without requests."""
        return 1000 * self.total / self.assumptions.requests if self.assumptions.requests else None

    def group_total(self, group: Group) -> float:
        """Return the sum of a group in US dollars."""
        return sum(line.usd for line in self.lines if line.group == group)


def estimate_month(assumptions: Assumptions) -> Estimate:
    """Return the estimate for a month. docs/cost.md lists the items that the estimate leaves out."""
    lines = (
        *_delivery(assumptions),
        *_rendering(assumptions),
        *_originals(assumptions),
        *_firewall(assumptions),
        *_access_log(assumptions),
        *_monitoring(assumptions),
    )
    return Estimate(assumptions=assumptions, lines=lines)


def _line(
    assumptions: Assumptions, group: Group, item: str, quantity: float, calculation: str, *, name: str = ""
) -> LineItem:
    """Return a line item.

    `item` is the name in the price list. `name` is the name in the estimate, if the estimate uses another name.
    """
    location = assumptions.viewers if item == "CloudFront requests" else assumptions.region
    return LineItem(
        group=group,
        item=name or item,
        quantity=quantity,
        free=min(quantity, free_quantity(item)) if assumptions.free_tier else 0.0,
        price=find_price(item, location),
        calculation=calculation,
    )


def _delivery(assumptions: Assumptions) -> Iterator[LineItem]:
    # The viewer function runs for every request, including cache hits.
    requests = assumptions.requests
    yield _line(assumptions, Group.DELIVERY, "CloudFront requests", requests, "requests")
    yield from _transfer(assumptions)
    yield _line(assumptions, Group.DELIVERY, "CloudFront Function", requests, "requests")
    shield_requests = assumptions.misses * assumptions.shield_per_miss
    calculation = f"{format_number(assumptions.misses)} misses x {format_number(assumptions.shield_per_miss)}"
    yield _line(assumptions, Group.DELIVERY, "Origin Shield", shield_requests, calculation)
    yield _line(assumptions, Group.DELIVERY, "Invalidations", assumptions.invalidations, "paths or tags")


def _transfer(assumptions: Assumptions) -> Iterator[LineItem]:
    """Yield a line item for the first price tier, and for each further tier that the month's transfer reaches."""
    total = assumptions.requests * assumptions.response_bytes / 1e9
    calculation = f"requests x {format_number(assumptions.response_bytes)} bytes"
    start = 0.0
    for end in (*_TRANSFER_TIERS, None):
        item = f"CloudFront transfer, {f'to {end} TB' if end else 'beyond'}"
        quantity = min(total, end * 1000 if end else total) - start
        if quantity > 0 or not start:
            yield _line(assumptions, Group.DELIVERY, item, quantity, calculation)
        start += max(quantity, 0)
        if start >= total:
            return


def _rendering(assumptions: Assumptions) -> Iterator[LineItem]:
    misses, renders = assumptions.misses, assumptions.renders
    passthroughs = misses - renders
    seconds = (renders * assumptions.render_ms + passthroughs * PASSTHROUGH_MS) / 1000
    duration = (
        f"({format_number(renders)} renders x {format_number(assumptions.render_ms)} ms + "
        f"{format_number(passthroughs)} x {PASSTHROUGH_MS} ms) x {format_number(assumptions.memory)} MB"
    )
    stored = f"{format_number(renders)} renders x {format_number(assumptions.stored_rate * 100)} %"
    yield _line(assumptions, Group.RENDERING, "Lambda@Edge requests", misses, "misses")
    yield _line(assumptions, Group.RENDERING, "Lambda@Edge duration", seconds * assumptions.memory_gb, duration)
    yield _line(assumptions, Group.RENDERING, "S3 GET", renders, "renders", name="S3 GET by the edge function")
    yield _line(
        assumptions,
        Group.RENDERING,
        "S3 PUT",
        renders * assumptions.stored_rate,
        stored,
        name="S3 PUT of stored renditions",
    )
    yield _line(
        assumptions, Group.RENDERING, "CloudWatch Logs", misses * LOG_BYTES / 1e9, f"misses x {LOG_BYTES} bytes"
    )


def _originals(assumptions: Assumptions) -> Iterator[LineItem]:
    gigabytes = assumptions.originals * assumptions.original_bytes / 1e9
    calculation = f"{format_number(assumptions.originals)} x {format_number(assumptions.original_bytes)} bytes"
    yield _line(assumptions, Group.ORIGINALS, "S3 storage", gigabytes, calculation, name="S3 storage of originals")
    yield _line(assumptions, Group.ORIGINALS, "S3 GET", assumptions.misses, "misses", name="S3 GET by CloudFront")
    if assumptions.encryption == "kms":
        s3_requests = assumptions.misses + assumptions.renders * (1 + assumptions.stored_rate)
        kms_requests = s3_requests * assumptions.kms_per_read
        calculation = f"requests to S3 x {format_number(assumptions.kms_per_read)}"
        yield _line(assumptions, Group.ORIGINALS, "KMS key", 1, "in its first year")
        yield _line(assumptions, Group.ORIGINALS, "KMS requests", kms_requests, calculation)


def _firewall(assumptions: Assumptions) -> Iterator[LineItem]:
    if assumptions.firewall:
        rules = "three AWS managed rule groups, one rate limit"
        yield _line(assumptions, Group.FIREWALL, "WAF web ACL", 1, "one per distribution")
        yield _line(assumptions, Group.FIREWALL, "WAF rules", FIREWALL_RULES, rules)
        yield _line(assumptions, Group.FIREWALL, "WAF requests", assumptions.requests, "requests")


def _access_log(assumptions: Assumptions) -> Iterator[LineItem]:
    if assumptions.access_logs:
        # CloudFront delivers the log for free. The estimate assumes that the stack is older than the retention.
        days = assumptions.access_log_days
        gigabytes = assumptions.requests * ACCESS_LOG_BYTES / 1e9 * days / MONTH_DAYS
        calculation = f"requests x {ACCESS_LOG_BYTES} bytes, for {days} days"
        yield _line(
            assumptions, Group.ACCESS_LOG, "S3 storage", gigabytes, calculation, name="S3 storage of the access log"
        )


def _monitoring(assumptions: Assumptions) -> Iterator[LineItem]:
    group, regions = Group.MONITORING, assumptions.edge_regions
    if keys := monitoring.topic_keys(assumptions):
        calculation = "one for each Region with topics, in its first year"
        yield _line(assumptions, group, "KMS key", keys, calculation, name="KMS keys of topics")
    if not assumptions.monitoring:
        return
    quantities = (
        ("Custom metrics", monitoring.custom_metrics(assumptions), "from log lines, of CloudFront and of S3"),
        ("Alarm metrics", monitoring.alarm_metrics(assumptions), "of all alarms; an anomaly counts as three"),
        ("Composite alarms", monitoring.composite_alarms(assumptions), f"{regions} + 2"),
        ("Dashboards, above 50 metrics", 1, "application"),
        ("Dashboards, to 50 metrics", 1, "account"),
        ("Contributor Insights rules", regions, "one for each Region of the edge function"),
        ("Contributor Insights events", assumptions.renders, "renders"),
        (
            "Logs Insights",
            monitoring.queried_gigabytes(assumptions),
            f"misses x {LOG_BYTES} bytes, read {monitoring.QUERIED} times",
        ),
    )
    for item, quantity, calculation in quantities:
        yield _line(assumptions, group, item, quantity, calculation)
