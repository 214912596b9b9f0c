from ops.console.text_table import align_columns


def test_columns_stand_under_each_other() -> None:
    rows = [("item", "USD", "why"), ("requests", "108.00", "all"), ("log", "0.00", "")]

    assert align_columns(rows, left=(0, 2)) == "item         USD  why\nrequests  108.00  all\nlog         0.00"
