import json

import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.filter_patterns import FilterPattern

# The events and patterns of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
EVENT = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "cluster.name": "c",
    "number": [1000],
    "latency": 40,
    "cold": True,
}
COMPOUND = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}


def matches(pattern: str, event: object) -> bool:
    return FilterPattern(pattern).matches(json.dumps(event))


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        '{ $.eventType = "UpdateTrail" }',
        "{ $.eventType = UpdateTrail }",
        '{ $.eventType = "Update*" }',
        "{ $.sourceIPAddress != 123.123.* }",
        '{ $.arrayKey[0] = "value" }',
        "{ $.eventType = %Trail% }",
        "{ $.arrayKey[*] = %val.{2}% }",
        r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }",
        "{ $.['cluster.name'] = \"c\" }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.cold IS TRUE }",
        "{ $.number[0] = 1e+3 }",
        "{ $.number[0] != 1e-3 }",
        "{ $.latency < 50 }",
        "{ $.latency <= 40 && $.latency >= 40 }",
        "{ $.objectList[1].id = 2 }",
    ],
)
def test_pattern_of_the_aws_page_matches_its_event(pattern: str) -> None:
    assert matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType != "UpdateTrail" }',
        "{ $.eventType IS NULL }",
        "{ $.eventType NOT EXISTS }",
        "{ $.cold IS FALSE }",
        "{ $.cold = 1 }",
        '{ $.objectList = "a" }',
        "{ $.latency > 75 }",
        "{ $.SomeOtherObject != 5 }",
        "{ $.eventType > 5 }",
    ],
)
def test_pattern_does_not_match_another_value(pattern: str) -> None:
    assert not matches(pattern, EVENT)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch"'
            ' && $.actions[2] = "nonmatch" }',
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch")'
            ' && $.actions[2] = "nonmatch" }',
            False,
        ),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
    ],
)
def test_compound_pattern_of_the_aws_page(pattern: str, expected: bool) -> None:
    assert matches(pattern, COMPOUND) is expected


def test_line_that_is_no_json_object_does_not_match() -> None:
    pattern = FilterPattern("{ $.a NOT EXISTS }")

    assert [pattern.matches(line) for line in ("START RequestId: 1", "[1]", '{"a": ', "{}")] == [False] * 3 + [True]


def test_question_mark_in_a_string_is_no_wildcard() -> None:
    assert not matches('{ $.a = "x?" }', {"a": "xy"})
    assert matches('{ $.a = "x?" }', {"a": "x?"})


@pytest.mark.parametrize(
    "pattern",
    ["ERROR", "[ip, user]", "{ $.a ~ 5 }", "{ $.a IS NOT NULL }", "{ $.a }", "{ a = 5 }", '{ $.a > "x" }', "{ $.a = }"],
)
def test_unknown_syntax_is_refused_and_named(pattern: str) -> None:
    with pytest.raises(UnknownSyntax, match="the filter pattern"):
        FilterPattern(pattern)
