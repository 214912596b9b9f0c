from ops.console.text_table import align_columns


def test_columns_are_aligned_to_the_left_or_right() -> None:
    rows = [("item", "USD", "why"), ("requests", "108.00", "all"), ("log", "0.00", "")]

    assert align_columns(rows, left=(0, 2)) == "item         USD  why\nrequests  108.00  all\nlog         0.00"
