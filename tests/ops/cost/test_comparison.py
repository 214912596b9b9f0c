import pytest

from ops.cost.comparison import (
    MILLION,
    Architecture,
    Workload,
    break_even_ms,
    lambda_at_edge,
    regional_lambdas,
    renders_until_difference,
)
from ops.cost.price_list import REGIONS

WORKLOAD = Workload(duration_ms=150, memory_mb=1769)
URL, ARM, HTTP, REST = range(4)


def all_architectures() -> list[tuple[str, Architecture]]:
    return [(region, architecture) for region in REGIONS for architecture in regional_lambdas(region)]


def test_a_million_renders_equal_a_manual_calculation() -> None:
    workload = Workload(duration_ms=100, memory_mb=1024)  # 100,000 GB-s
    costs = [
        MILLION * architecture.per_render(workload)
        for architecture in (lambda_at_edge("us-east-1"), *regional_lambdas("us-east-1"))
    ]

    assert costs == pytest.approx(
        [
            0.60 + 5.001 + 2 * 0.40,
            0.20 + 1.66667 + 0.40,
            0.20 + 1.33334 + 0.40,
            0.20 + 1.66667 + 0.40 + 1.00,
            0.20 + 1.66667 + 0.40 + 3.50,
        ]
    )


@pytest.mark.parametrize(
    ("region", "architecture"), all_architectures(), ids=lambda value: getattr(value, "name", value)
)
@pytest.mark.parametrize("memory", [128, 1769, 10_240])
def test_break_even_is_where_both_cost_the_same(region: str, architecture: Architecture, memory: int) -> None:
    duration_ms = break_even_ms(architecture, region, memory)

    if duration_ms is None:
        assert architecture.gateway_price == 0
    else:
        equal, longer = (
            Workload(duration_ms=duration_ms, memory_mb=memory),
            Workload(duration_ms=duration_ms + 1, memory_mb=memory),
        )
        assert lambda_at_edge(region).per_render(equal) == pytest.approx(architecture.per_render(equal))
        assert lambda_at_edge(region).per_render(longer) > architecture.per_render(longer)


@pytest.mark.parametrize("ms", [1, 50, 150, 30_000])
@pytest.mark.parametrize("region", REGIONS)
def test_the_edge_is_never_cheaper_than_a_function_url(region: str, ms: float) -> None:
    workload = Workload(duration_ms=ms, memory_mb=1769)

    assert len(regional_lambdas(region)) > HTTP > 0
    for architecture in regional_lambdas(region)[:HTTP]:
        assert break_even_ms(architecture, region, workload.memory_mb) is None
        assert lambda_at_edge(region).per_render(workload) > architecture.per_render(workload)


def test_break_even_durations_are_those_of_the_page() -> None:
    durations = [
        break_even_ms(regional_lambdas("eu-central-1")[architecture], "eu-central-1", 1769)
        for architecture in (HTTP, REST)
    ]

    assert durations == pytest.approx([6.4, 49.8], abs=0.05)


@pytest.mark.parametrize(
    ("region", "architecture"), all_architectures(), ids=lambda value: getattr(value, "name", value)
)
@pytest.mark.parametrize("free_tier", [True, False])
@pytest.mark.parametrize("ms", [10, 60, 150, 2_000])
@pytest.mark.parametrize("usd", [10, 100])
def test_months_differ_by_the_given_amount_at_that_volume(
    region: str, architecture: Architecture, free_tier: bool, ms: float, usd: float
) -> None:
    workload = Workload(duration_ms=ms, memory_mb=1769)
    renders = renders_until_difference(usd, architecture, region, workload, free_tier=free_tier)

    if renders is None:
        assert lambda_at_edge(region).per_render(workload) < architecture.per_render(workload)
    else:
        months = [
            candidate.monthly_cost(renders, workload, free_tier=free_tier)
            for candidate in (lambda_at_edge(region), architecture)
        ]
        assert months[0] - months[1] == pytest.approx(usd)


def test_volume_of_ten_dollars_equals_a_manual_calculation() -> None:
    architecture = regional_lambdas("eu-central-1")[URL]
    surcharge = 0.40 + 0.43 + 1000 * 0.15 * 1769 / 1024 * 1000 * (0.00005001 - 0.0000166667)

    assert renders_until_difference(10, architecture, "eu-central-1", WORKLOAD, free_tier=False) == pytest.approx(
        10 / surcharge * MILLION
    )


def test_only_regional_lambdas_have_a_free_tier() -> None:
    workload = Workload(duration_ms=1_000, memory_mb=1024)
    savings = [
        architecture.monthly_cost(2 * MILLION, workload, free_tier=False)
        - architecture.monthly_cost(2 * MILLION, workload, free_tier=True)
        for architecture in (lambda_at_edge("us-east-1"), regional_lambdas("us-east-1")[URL])
    ]

    assert savings == pytest.approx([0, 0.20 + 400_000 * 0.0000166667])
