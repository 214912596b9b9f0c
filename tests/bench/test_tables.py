from bench.goals import Goal
from bench.tables import goals_table, markdown_table


def test_markdown_table_aligns_numbers_to_the_right() -> None:
    table = markdown_table(("a", "b"), [("x", 1), ("y", 2)])

    assert table == "| a | b |\n| --- | ---: |\n| x | 1 |\n| y | 2 |"


def test_missed_goal_never_shows_a_difference_of_zero() -> None:
    table = goals_table([Goal(name="time", limit=0.95, value=0.954), Goal(name="bytes", limit=0.95, value=0.97)])

    assert table.splitlines()[2:] == [
        "| time | at most 0.95 | 0.95 | **missed** by less than 0.01 |",
        "| bytes | at most 0.95 | 0.97 | **missed** by 0.02 |",
    ]
