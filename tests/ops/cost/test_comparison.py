import pytest

from ops.cost.comparison import MILLION, Way, Work, edge, equal_ms, regional, renders_until
from ops.cost.price_list import REGIONS

WORK = Work(ms=150, memory=1769)
URL, ARM, HTTP, REST = range(4)


def ways() -> list[tuple[str, Way]]:
    return [(region, way) for region in REGIONS for way in regional(region)]


def test_a_million_renders_by_hand() -> None:
    work = Work(ms=100, memory=1024)  # 100,000 GB-s
    found = [MILLION * way.per_render(work) for way in (edge("us-east-1"), *regional("us-east-1"))]

    assert found == pytest.approx(
        [
            0.60 + 5.001 + 2 * 0.40,
            0.20 + 1.66667 + 0.40,
            0.20 + 1.33334 + 0.40,
            0.20 + 1.66667 + 0.40 + 1.00,
            0.20 + 1.66667 + 0.40 + 3.50,
        ]
    )


@pytest.mark.parametrize(("region", "way"), ways(), ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("memory", [128, 1769, 10_240])
def test_where_both_are_equal_both_sides_are(region: str, way: Way, memory: int) -> None:
    found = equal_ms(way, region, memory)

    if found is None:
        assert way.gateway == 0
    else:
        equal, longer = Work(ms=found, memory=memory), Work(ms=found + 1, memory=memory)
        assert edge(region).per_render(equal) == pytest.approx(way.per_render(equal))
        assert edge(region).per_render(longer) > way.per_render(longer)


@pytest.mark.parametrize("ms", [1, 50, 150, 30_000])
@pytest.mark.parametrize("region", REGIONS)
def test_the_edge_is_never_cheaper_than_a_function_url(region: str, ms: float) -> None:
    work = Work(ms=ms, memory=1769)

    for way in regional(region)[:HTTP]:
        assert equal_ms(way, region, work.memory) is None
        assert edge(region).per_render(work) > way.per_render(work)


def test_the_page_of_the_formula_says_64_and_498_tenths_of_a_millisecond() -> None:
    found = [equal_ms(regional("eu-central-1")[way], "eu-central-1", 1769) for way in (HTTP, REST)]

    assert found == pytest.approx([6.4, 49.8], abs=0.05)


@pytest.mark.parametrize(("region", "way"), ways(), ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("free_tier", [True, False])
@pytest.mark.parametrize("ms", [10, 60, 150, 2_000])
@pytest.mark.parametrize("usd", [10, 100])
def test_at_that_many_renders_the_months_differ_by_as_much(
    region: str, way: Way, free_tier: bool, ms: float, usd: float
) -> None:
    work = Work(ms=ms, memory=1769)
    renders = renders_until(usd, way, region, work, free_tier=free_tier)

    if renders is None:
        assert edge(region).per_render(work) < way.per_render(work)
    else:
        months = [one.month(renders, work, free_tier=free_tier) for one in (edge(region), way)]
        assert months[0] - months[1] == pytest.approx(usd)


def test_ten_dollars_by_hand() -> None:
    way = regional("eu-central-1")[URL]
    more = 0.40 + 0.43 + 1000 * 0.15 * 1769 / 1024 * 1000 * (0.00005001 - 0.0000166667)

    assert renders_until(10, way, "eu-central-1", WORK, free_tier=False) == pytest.approx(10 / more * MILLION)


def test_the_free_tier_spares_requests_and_time_of_the_ordinary_function_alone() -> None:
    work = Work(ms=1_000, memory=1024)
    spared = [
        way.month(2 * MILLION, work, free_tier=False) - way.month(2 * MILLION, work, free_tier=True)
        for way in (edge("us-east-1"), regional("us-east-1")[URL])
    ]

    assert spared == pytest.approx([0, 0.20 + 400_000 * 0.0000166667])
