"""The cost of renders with Lambda@Edge and with Lambda in one Region, and the volumes at which the costs differ."""

import math
from dataclasses import dataclass
from typing import Final

from ops.cost.price_list import ALL, find_price, free_quantity

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The duration and the memory of one render, from which its cost is calculated."""

    duration_ms: float
    memory_mb: int

    @property
    def gb_seconds(self) -> float:
        """The GB-seconds that Lambda bills for one render."""
        return self.duration_ms / 1000 * self.memory_mb / 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A way to render images for CloudFront. Prices are US dollars for one unit."""

    name: str
    request_price: float
    gb_second_price: float
    reads_per_render: int
    """The number of times that one render reads the original from S3."""
    read_price: float
    free_requests: float = 0
    free_gb_seconds: float = 0
    gateway_price: float = 0
    """The price of a request to API Gateway, if it is between CloudFront and the function."""

    @property
    def fixed_price(self) -> float:
        """The part of the price of a render that does not depend on its duration."""
        return self.request_price + self.gateway_price + self.reads_per_render * self.read_price

    def per_render(self, workload: Workload) -> float:
        """Return the price of a render, without the free tier."""
        return self.fixed_price + workload.gb_seconds * self.gb_second_price

    def monthly_cost(self, renders: float, workload: Workload, *, free_tier: bool) -> float:
        """Return the cost of `renders` renders in a month."""
        free_requests = min(renders, self.free_requests) if free_tier else 0
        free_gb_seconds = min(renders * workload.gb_seconds, self.free_gb_seconds) if free_tier else 0
        discount = free_requests * self.request_price + free_gb_seconds * self.gb_second_price
        return renders * self.per_render(workload) - discount


def lambda_at_edge(region: str) -> Architecture:
    """Return this project's architecture. Both CloudFront and the edge function read the original."""
    return Architecture(
        name="Lambda@Edge",
        request_price=_unit_price("Lambda@Edge requests"),
        gb_second_price=_unit_price("Lambda@Edge duration"),
        reads_per_render=2,
        read_price=_unit_price("S3 GET", region),
    )


def regional_lambdas(region: str) -> tuple[Architecture, ...]:
    """Return the architectures in which a Lambda function in a Region is the origin.

    They differ in the processor, and in the service through which CloudFront invokes the function.
    """
    return (
        _regional_lambda("Lambda, function URL", region, "x86_64"),
        _regional_lambda("Lambda, function URL", region, "arm64"),
        _regional_lambda("Lambda, HTTP API", region, "x86_64", gateway="API Gateway, HTTP API"),
        _regional_lambda("Lambda, REST API", region, "x86_64", gateway="API Gateway, REST"),
    )


def break_even_ms(architecture: Architecture, region: str, memory_mb: int) -> float | None:
    """Return the duration in milliseconds below which Lambda@Edge is cheaper, or None if Lambda@Edge is never cheaper.

    The duration solves fixed(other) + GB x s x price(other) = fixed(edge) + GB x s x price(edge) for s. Lambda@Edge has
    the higher price per GB-second, so Lambda@Edge can be cheaper only if a gateway makes fixed(other) higher.
    """
    edge = lambda_at_edge(region)
    advantage = architecture.fixed_price - edge.fixed_price
    if advantage <= 0:
        return None
    memory_gb = memory_mb / 1024
    return 1000 * advantage / (memory_gb * (edge.gb_second_price - architecture.gb_second_price))


def renders_until_difference(
    usd: float, architecture: Architecture, region: str, workload: Workload, *, free_tier: bool
) -> float | None:
    """Return the renders per month at which Lambda@Edge costs `usd` more than the other architecture.

    The result is None if the difference never reaches `usd`. The difference is linear between the volumes at which
    a part of the free tier ends.
    """
    edge = lambda_at_edge(region)

    def difference(renders: float) -> float:
        edge_cost = edge.monthly_cost(renders, workload, free_tier=free_tier)
        return edge_cost - architecture.monthly_cost(renders, workload, free_tier=free_tier)

    start = 0.0
    for end in (*_free_tier_ends(architecture, workload, free_tier=free_tier), math.inf):
        probe = start + MILLION if end == math.inf else end
        slope = (difference(probe) - difference(start)) / (probe - start)
        renders = start + (usd - difference(start)) / slope if slope > 0 else math.inf
        if renders <= end and renders < math.inf:
            return renders
        start = end
    return None


def _free_tier_ends(architecture: Architecture, workload: Workload, *, free_tier: bool) -> list[float]:
    """Return the renders per month at which the free requests and the free GB-seconds end, in ascending order."""
    if not free_tier:
        return []
    free_renders = architecture.free_gb_seconds / workload.gb_seconds if workload.gb_seconds else 0
    return sorted({end for end in (architecture.free_requests, free_renders) if end})


def _regional_lambda(name: str, region: str, processor: str, *, gateway: str = "") -> Architecture:
    return Architecture(
        name=f"{name}, {processor}",
        request_price=_unit_price("Lambda requests", region),
        gb_second_price=_unit_price(f"Lambda duration, {processor}", region),
        reads_per_render=1,
        read_price=_unit_price("S3 GET", region),
        free_requests=free_quantity("Lambda requests"),
        free_gb_seconds=free_quantity("Lambda duration"),
        gateway_price=_unit_price(gateway, region) if gateway else 0,
    )


def _unit_price(item: str, region: str = ALL) -> float:
    price = find_price(item, region)
    return price.usd / price.per
