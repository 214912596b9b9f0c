import json
from typing import Any

import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.metric_filters import MetricFilter

LINE = json.dumps({"outcome": "rejected", "reason": "broken", "ms": {"function": 12.5}})


def metric_filter(value: str = "1", pattern: str = '{ $.outcome = "rejected" }', **options: Any) -> MetricFilter:
    return MetricFilter(pattern, {"metricNamespace": "n", "metricName": "m", "metricValue": value} | options)


def test_constant_counts_a_matching_line() -> None:
    value = metric_filter(unit="Count").evaluate(LINE)

    assert value is not None
    assert (value.namespace, value.name, value.value, value.unit, value.dimensions) == ("n", "m", 1, "Count", {})


def test_selector_extracts_a_nested_number() -> None:
    value = metric_filter("$.ms.function").evaluate(LINE)

    assert value is not None
    assert value.value == 12.5


def test_dimension_has_the_value_of_the_line() -> None:
    value = metric_filter(dimensions={"reason": "$.reason"}).evaluate(LINE)

    assert value is not None
    assert value.dimensions == {"reason": "broken"}


@pytest.mark.parametrize("value", ["$.bytes", "$.reason"])
def test_line_without_the_number_gives_no_value(value: str) -> None:
    assert metric_filter(value).evaluate(LINE) is None


def test_line_without_the_dimension_or_the_match_gives_no_value() -> None:
    assert metric_filter(dimensions={"key": "$.key"}).evaluate(LINE) is None
    assert metric_filter(pattern='{ $.outcome = "rendered" }').evaluate(LINE) is None


@pytest.mark.parametrize(
    "options",
    [
        {"value": "many"},
        {"defaultValue": 0, "dimensions": {"reason": "$.reason"}},
        {"dimensions": dict.fromkeys("abcd", "$.a")},
    ],
)
def test_transformation_that_aws_refuses_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UnknownSyntax):
        metric_filter(**options)
