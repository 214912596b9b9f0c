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


def architectures() -> list[tuple[str, Architecture]]:
    return [(region, architecture) for region in REGIONS for architecture in regional_lambdas(region)]


def test_a_million_renders_by_hand() -> None:
    workload = Workload(duration_ms=100, memory_mb=1024)  # 100,000 GB-s
    found = [
        MILLION * architecture.per_render(workload)
        for architecture in (lambda_at_edge("us-east-1"), *regional_lambdas("us-east-1"))
    ]

    assert found == pytest.approx(
        [
            0.60 + 5.001 + 2 * 0.40,
            0.20 + 1.66667 + 0.40,
            0.20 + 1.33334 + 0.40,
            0.20 + 1.66667 + 0.40 + 1.00,
            0.20 + 1.66667 + 0.40 + 3.50,
        ]
    )


@pytest.mark.parametrize(("region", "architecture"), architectures(), ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("memory", [128, 1769, 10_240])
def test_where_both_are_equal_both_sides_are(region: str, architecture: Architecture, memory: int) -> None:
    found = break_even_ms(architecture, region, memory)

    if found is None:
        assert architecture.gateway == 0
    else:
        equal, longer = Workload(duration_ms=found, memory_mb=memory), Workload(duration_ms=found + 1, memory_mb=memory)
        assert lambda_at_edge(region).per_render(equal) == pytest.approx(architecture.per_render(equal))
        assert lambda_at_edge(region).per_render(longer) > architecture.per_render(longer)


@pytest.mark.parametrize("ms", [1, 50, 150, 30_000])
@pytest.mark.parametrize("region", REGIONS)
def test_the_edge_is_never_cheaper_than_a_function_url(region: str, ms: float) -> None:
    workload = Workload(duration_ms=ms, memory_mb=1769)

    for architecture in regional_lambdas(region)[:HTTP]:
        assert break_even_ms(architecture, region, workload.memory_mb) is None
        assert lambda_at_edge(region).per_render(workload) > architecture.per_render(workload)


def test_the_page_of_the_formula_says_64_and_498_tenths_of_a_millisecond() -> None:
    found = [
        break_even_ms(regional_lambdas("eu-central-1")[architecture], "eu-central-1", 1769)
        for architecture in (HTTP, REST)
    ]

    assert found == pytest.approx([6.4, 49.8], abs=0.05)


@pytest.mark.parametrize(("region", "architecture"), architectures(), ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("free_tier", [True, False])
@pytest.mark.parametrize("ms", [10, 60, 150, 2_000])
@pytest.mark.parametrize("usd", [10, 100])
def test_at_that_many_renders_the_months_differ_by_as_much(
    region: str, architecture: Architecture, free_tier: bool, ms: float, usd: float
) -> None:
    workload = Workload(duration_ms=ms, memory_mb=1769)
    renders = renders_until_difference(usd, architecture, region, workload, free_tier=free_tier)

    if renders is None:
        assert lambda_at_edge(region).per_render(workload) < architecture.per_render(workload)
    else:
        months = [
            one.monthly_cost(renders, workload, free_tier=free_tier) for one in (lambda_at_edge(region), architecture)
        ]
        assert months[0] - months[1] == pytest.approx(usd)


def test_ten_dollars_by_hand() -> None:
    architecture = regional_lambdas("eu-central-1")[URL]
    more = 0.40 + 0.43 + 1000 * 0.15 * 1769 / 1024 * 1000 * (0.00005001 - 0.0000166667)

    assert renders_until_difference(10, architecture, "eu-central-1", WORKLOAD, free_tier=False) == pytest.approx(
        10 / more * MILLION
    )


def test_the_free_tier_spares_requests_and_time_of_the_ordinary_function_alone() -> None:
    workload = Workload(duration_ms=1_000, memory_mb=1024)
    spared = [
        architecture.monthly_cost(2 * MILLION, workload, free_tier=False)
        - architecture.monthly_cost(2 * MILLION, workload, free_tier=True)
        for architecture in (lambda_at_edge("us-east-1"), regional_lambdas("us-east-1")[URL])
    ]

    assert spared == pytest.approx([0, 0.20 + 400_000 * 0.0000166667])
