"""What a render costs at the edge and in a Lambda of one Region, and from when on the difference counts."""

import math
from dataclasses import dataclass
from typing import Final

from ops.cost.price_list import find_price, free_quantity

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One render."""

    duration_ms: float
    memory_mb: int
    """In MB."""

    @property
    def gb_seconds(self) -> float:
        """What Lambda charges for."""
        return self.duration_ms / 1000 * self.memory_mb / 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A function behind CloudFront; prices in US dollars for one of each."""

    name: str
    request: float
    gb_second: float
    reads: int
    """How often the original is read of S3."""
    read: float
    free_requests: float = 0
    free_gb_seconds: float = 0
    gateway: float = 0
    """Of a request, at whatever stands between CloudFront and the function."""

    @property
    def fixed(self) -> float:
        """What a render costs however long it takes."""
        return self.request + self.gateway + self.reads * self.read

    def per_render(self, workload: Workload) -> float:
        """Beyond what is free."""
        return self.fixed + workload.gb_seconds * self.gb_second

    def monthly_cost(self, renders: float, workload: Workload, *, free_tier: bool) -> float:
        """Of so many renders."""
        spared_requests = min(renders, self.free_requests) if free_tier else 0
        spared_time = min(renders * workload.gb_seconds, self.free_gb_seconds) if free_tier else 0
        return renders * self.per_render(workload) - spared_requests * self.request - spared_time * self.gb_second


def lambda_at_edge(region: str) -> Architecture:
    """Ours. CloudFront reads the original first, and then the function does."""
    return Architecture(
        name="Lambda@Edge",
        request=_one("Lambda@Edge requests"),
        gb_second=_one("Lambda@Edge duration"),
        reads=2,
        read=_one("S3 GET", region),
    )


def regional_lambdas(region: str) -> tuple[Architecture, ...]:
    """The function itself is the origin, by each of the doors that AWS has for it."""
    url, http, rest = "Lambda, function URL", "Lambda, HTTP API", "Lambda, REST API"
    return (
        _regional(url, region, "x86_64"),
        _regional(url, region, "arm64"),
        _regional(http, region, "x86_64", gateway="API Gateway, HTTP API"),
        _regional(rest, region, "x86_64", gateway="API Gateway, REST"),
    )


def break_even_ms(architecture: Architecture, region: str, memory: int) -> float | None:
    """The duration up to which the edge is the cheaper one, as it is if the architecture's door costs more than the edge does.

    fixed(architecture) + GB x s x price(architecture) = fixed(edge) + GB x s x price(edge), solved for s. None if the edge never is.
    """
    ours = lambda_at_edge(region)
    ahead = architecture.fixed - ours.fixed
    return 1000 * ahead / (memory / 1024 * (ours.gb_second - architecture.gb_second)) if ahead > 0 else None


def renders_until_difference(
    usd: float, architecture: Architecture, region: str, workload: Workload, *, free_tier: bool
) -> float | None:
    """How many renders a month make the edge that much dearer; None if none do.

    The difference is a straight line between the ends of what is free.
    """

    def difference(renders: float) -> float:
        months = (
            one.monthly_cost(renders, workload, free_tier=free_tier) for one in (lambda_at_edge(region), architecture)
        )
        return next(months) - next(months)

    bends = {
        architecture.free_requests,
        architecture.free_gb_seconds / workload.gb_seconds if workload.gb_seconds else 0,
    }
    start = 0.0
    for end in (*sorted(bend for bend in bends if bend and free_tier), math.inf):
        probe = start + MILLION if end == math.inf else end
        slope = (difference(probe) - difference(start)) / (probe - start)
        reached = start + (usd - difference(start)) / slope if slope > 0 else math.inf
        if reached <= end and reached < math.inf:
            return reached
        start = end
    return None


def _regional(name: str, region: str, architecture: str, *, gateway: str = "") -> Architecture:
    return Architecture(
        name=f"{name}, {architecture}",
        request=_one("Lambda requests", region),
        gb_second=_one(f"Lambda duration, {architecture}", region),
        reads=1,
        read=_one("S3 GET", region),
        free_requests=free_quantity("Lambda requests"),
        free_gb_seconds=free_quantity("Lambda duration"),
        gateway=_one(gateway, region) if gateway else 0,
    )


def _one(item: str, region: str = "all") -> float:
    found = find_price(item, region)
    return found.usd / found.per
