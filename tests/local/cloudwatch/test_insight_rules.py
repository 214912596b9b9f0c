import json
from typing import Any

import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.insight_rules import InsightRule

EVENTS = [
    (time, json.dumps({"outcome": outcome, "key": key, "bytes": size}))
    for time, outcome, key, size in [
        (0, "rendered", "a", 10),
        (30, "redirected", "a", 20),
        (59, "rejected", "a", 40),
        (10, "rendered", "b", 80),
        (60, "rendered", "b", 5),
    ]
]


def rule(**changes: Any) -> InsightRule:
    """Return a rule that counts the renders of each original."""
    contribution = {"Keys": ["$.key"], "Filters": [{"Match": "$.outcome", "In": ["rendered", "redirected"]}]}
    definition = {
        "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
        "LogGroupNames": ["/aws/lambda/us-east-1.*"],
        "LogFormat": "JSON",
        "Contribution": contribution | changes.pop("contribution", {}),
        "AggregateOn": "Count",
    }
    return InsightRule(json.dumps(definition | changes))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("MaxContributorValue", {0: 2, 60: 1}),
        ("UniqueContributors", {0: 2, 60: 1}),
        ("SampleCount", {0: 3, 60: 1}),
        ("Average", {0: 1.5, 60: 1}),
    ],
)
def test_metric_of_a_count_by_contributor(metric: str, expected: dict[int, float]) -> None:
    assert rule().metric(metric, EVENTS, grid=range(0, 120, 60)) == expected


def test_sum_adds_the_named_field() -> None:
    result = rule(contribution={"ValueOf": "$.bytes"}, AggregateOn="Sum").metric(
        "Maximum", EVENTS, grid=range(0, 60, 60)
    )

    assert result == {0: 80}


def test_rule_covers_log_groups_by_prefix() -> None:
    assert rule().covers("/aws/lambda/us-east-1.edge")
    assert not rule().covers("/aws/lambda/refresh")


@pytest.mark.parametrize(
    "changes",
    [
        {"LogFormat": "CLF"},
        {"Schema": {}},
        {"contribution": {"Keys": []}},
        {"contribution": {"Filters": [{"Match": "$.a"}]}},
    ],
)
def test_unknown_rule_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownSyntax, match="insight rule"):
        rule(**changes)
