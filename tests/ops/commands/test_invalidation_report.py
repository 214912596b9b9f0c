import pytest

from ops.commands.invalidation_report import cost_text, count_text, max_usd, question


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


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "prod: invalidate everything, which costs at most 0.005 USD and new renders?"),
        ([f"{n}/" for n in range(11)], "prod: invalidate 11 folders, which costs at most 0.055 USD and new renders?"),
        (
            ["cats/", *(f"{n}.jpg" for n in range(399_999))],
            "prod: invalidate 399,999 keys and 1 folder, which costs at most 2000.00 USD and new renders?",
        ),
    ],
    ids=["everything", "folders", "cost"],
)
def test_expensive_invalidation_has_a_question_with_its_price(names: list[str], text: str) -> None:
    assert question("prod", names) == text
    assert len(text) + len(" [y/N] ") <= 100


def test_usual_invalidation_has_no_question() -> None:
    assert question("prod", [f"{n}/" for n in range(10)]) is None
    assert question("prod", [f"{n}.jpg" for n in range(2_000)]) is None
