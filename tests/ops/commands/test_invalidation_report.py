import pytest

from ops.commands.invalidation_report import cost_text, count_text, max_usd


@pytest.mark.parametrize(
    ("paths", "calls", "text"),
    [(1, 1, "1 path or tag in 1 invalidation"), (5_000, 34, "5,000 paths or tags in 34 invalidations")],
)
def test_counts_use_singular_and_plural(paths: int, calls: int, text: str) -> None:
    assert count_text(paths, calls) == text


def test_price_counts_every_path_without_the_free_ones() -> None:
    assert [max_usd(0), max_usd(2), max_usd(5_000)] == [0, 0.01, 25]
    assert cost_text(1) == (
        "billed as 1 path: free within the first 1,000 paths of the account and month, otherwise 0.005 USD"
    )
