from ops.commands.prices import allowance_table, price_table, text_tables
from ops.cost.price_list import ALLOWANCES, PRICES


def test_every_price_has_a_row_with_its_date_and_source() -> None:
    rows = price_table().splitlines()[2:]

    assert len(rows) == len(PRICES)
    for row, price in zip(rows, PRICES, strict=True):
        assert [cell.strip() for cell in row.strip("|").split("|")][::4] == [price.item, price.as_of]
        assert price.source in row


def test_every_free_quantity_has_a_row() -> None:
    assert len(allowance_table().splitlines()[2:]) == len(ALLOWANCES)
    assert "| CloudFront requests | 10,000,000 HTTPS requests |" in allowance_table()


def test_text_has_every_row_and_every_source() -> None:
    text = text_tables()

    for price in PRICES:
        assert f"\n{price.item} " in f"\n{text}"
    sources = " ".join(text.partition("no.  confidence and source")[2].split())
    for entry in (*PRICES, *ALLOWANCES):
        assert f" {entry.confidence} {entry.source}" in sources
