from ops.commands.prices import allowances, prices
from ops.cost.price_list import ALLOWANCES, PRICES


def test_there_is_a_row_for_every_price_with_all_that_is_known() -> None:
    rows = prices().splitlines()[2:]

    assert len(rows) == len(PRICES)
    for row, known in zip(rows, PRICES, strict=True):
        assert [cell.strip() for cell in row.strip("|").split("|")][::4] == [known.item, known.as_of]
        assert known.source in row


def test_there_is_a_row_for_all_that_is_free() -> None:
    assert len(allowances().splitlines()[2:]) == len(ALLOWANCES)
    assert "| CloudFront requests | 10,000,000 HTTPS requests |" in allowances()
