import json

import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.log_queries import LogEvent, check_query, run_query

START = 1_790_000_000_000
LINES = [
    {"request": "r0", "outcome": "rendered", "key": "a.jpg", "ms": {"function": 30}, "cold": True},
    {
        "request": "r1",
        "outcome": "rejected",
        "key": "b.jpg",
        "reason": "broken",
        "ms": {"function": 5.25},
        "cold": False,
    },
    {"request": "r2", "outcome": "redirected", "key": "a.jpg", "ms": {"function": 100}, "cold": False},
]


def rows(query: str) -> list[dict[str, str]]:
    messages = ["START RequestId: r0", *map(json.dumps, LINES)]
    events = [
        LogEvent(START + index * 60_000, message, "123456789012:/g", "s", str(index))
        for index, message in enumerate(messages)
    ]
    return run_query(query, events)


def column(query: str, name: str) -> list[str | None]:
    return [row.get(name) for row in rows(query)]


def test_newest_events_come_first_without_a_sort() -> None:
    assert column("fields request", "request") == ["r2", "r1", "r0", None]


def test_line_after_a_number_sign_is_a_comment() -> None:
    assert column("# the rejected ones\nfilter reason = 'broken'\n| fields request\n# | limit 0", "request") == ["r1"]


def test_query_without_fields_shows_time_and_message() -> None:
    assert rows("filter request = 'r0'") == [
        {"@timestamp": "2026-09-21 14:14:20.000", "@message": json.dumps(LINES[0]), "@ptr": "1"}
    ]


@pytest.mark.parametrize(
    ("condition", "requests"),
    [
        ('outcome = "rendered" or outcome = "redirected"', ["r2", "r0"]),
        ("ms.function > 5.25", ["r2", "r0"]),
        ("cold = 1", ["r0"]),
        ('not (outcome = "rendered") and ispresent(outcome)', ["r2", "r1"]),
        ('outcome in ["rejected", "failed"]', ["r1"]),
        ('outcome not in ["rejected"]', ["r2", "r0"]),
        ("key like /^a/", ["r2", "r0"]),
        ("key =~ /B/ or key like /(?i)B/", ["r1"]),
        ("key not like 'a.'", ["r1"]),
        ("reason != 'x'", ["r1"]),
        ("ms.function / 10 = 3 and strlen(key) = 5", ["r0"]),
        ("`ms.function` = 100", ["r2"]),
    ],
)
def test_filter_selects_events(condition: str, requests: list[str]) -> None:
    assert column(f"fields request | filter {condition}", "request") == requests


def test_sort_orders_numbers_by_value_and_limit_ends_the_list() -> None:
    assert column("fields request | sort ms.function desc | limit 2", "request") == ["r2", "r0"]
    assert column("fields request | filter ispresent(key) | sort key asc, ms.function desc", "request") == [
        "r2",
        "r0",
        "r1",
    ]


def test_stats_groups_and_names_columns() -> None:
    query = "filter ispresent(key) | stats count(*), avg(ms.function) as mean, max(ms.function) by key | sort mean desc"

    assert rows(query) == [
        {"key": "a.jpg", "count(*)": "2", "mean": "65", "max(ms.function)": "100"},
        {"key": "b.jpg", "count(*)": "1", "mean": "5.25", "max(ms.function)": "5.25"},
    ]


def test_stats_counts_by_time_and_computes_with_aggregates() -> None:
    query = "stats sum(ms.function) / count(ms.function) as mean, pct(ms.function, 50) as median by bin(1h) as hour"

    assert rows(query) == [{"hour": "2026-09-21 14:00:00.000", "mean": "45.0833", "median": "30"}]


def test_stats_without_events_counts_zero() -> None:
    assert rows("filter key = 'none' | stats count(*) as n") == [{"n": "0"}]


def test_display_and_dedup_select_columns_and_rows() -> None:
    assert rows("fields key, request | filter ispresent(key) | dedup key | display key") == [
        {"key": "a.jpg", "@ptr": "3"},
        {"key": "b.jpg", "@ptr": "2"},
    ]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("parse @message '*' as a", "parse"),
        ("fields jsonParse(@message)", "jsonParse"),
        ("stats median(x)", "median"),
        ("fields a | limit many", "limit"),
        ("filter a ~ 5", "~"),
        ("fields a b", "b"),
    ],
)
def test_unknown_syntax_of_a_query_is_named(query: str, named: str) -> None:
    with pytest.raises(UnknownSyntax, match=named):
        check_query(query)
