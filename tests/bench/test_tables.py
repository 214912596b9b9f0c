from bench.tables import markdown_table


def test_markdown_table_aligns_numbers_to_the_right() -> None:
    table = markdown_table(("a", "b"), [("x", 1), ("y", 2)])

    assert table == "| a | b |\n| --- | ---: |\n| x | 1 |\n| y | 2 |"
