from typing import Any

import pytest

from local.cloudwatch.expressions import UnknownSyntax
from local.cloudwatch.metric_data import Account, Metric, MetricQueries
from local.cloudwatch.metric_math import Value
from local.cloudwatch.statistics import Datum

PERIOD = 60


def evaluate(expression: str, account: Account | None = None, **metrics: list[float | None]) -> Value:
    """Return the result of an expression over metrics with one value, or none (None), for each minute."""
    data = {
        Metric("n", name, frozenset()): [
            Datum(index * PERIOD, 1, value, value, value) for index, value in enumerate(values) if value is not None
        ]
        for name, values in metrics.items()
    }
    queries: list[dict[str, Any]] = [
        {"Id": name, "MetricStat": {"Metric": {"Namespace": "n", "MetricName": name}, "Period": PERIOD, "Stat": "Sum"}}
        for name in metrics
    ]
    queries.append({"Id": "result", "Expression": expression, "Period": PERIOD})
    length = max(map(len, metrics.values()), default=3)
    account = (account or Account({}, lambda *_: {}, 1000))._replace(metrics=data)
    return MetricQueries(queries, account, 0, length * PERIOD).value("result")


def values(expression: str, **metrics: list[float | None]) -> list[float | None]:
    """Return the values of a time series, with None for a missing one."""
    series = evaluate(expression, **metrics)
    assert isinstance(series, dict)
    length = max(map(len, metrics.values()), default=3)
    return [series.get(index * PERIOD) for index in range(length)]


# The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
PAIR: dict[str, list[float | None]] = {"m1": [30, 20, 0, 0], "m2": [20, None, 20, None]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("m1 < m2", [0, 0, 1, 0]), ("m1 >= 30", [1, 0, 0, 0]), ("m1 > 15 AND m2 > 15", [1, 0, 0, 0])],
)
def test_comparison_treats_a_missing_value_as_zero(expression: str, expected: list[float | None]) -> None:
    assert values(expression, **PAIR) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(m1, m2, m3)", [30, 0, 20, 0, None]),
        ("IF(m1, 5, m3)", [5, 5, 20, None, None]),
        ("IF(m1, m2, 5)", [30, 0, 5, 5, None]),
        ("IF(m1, 1)", [1, 1, None, None, None]),
    ],
)
def test_if_has_the_values_of_the_aws_page(expression: str, expected: list[float | None]) -> None:
    metrics: dict[str, list[float | None]] = {
        "m1": [1, 1, 0, 0, None],
        "m2": [30, None, 0, 0, 30],
        "m3": [0, 0, 20, None, 20],
    }

    assert values(expression, **metrics) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", [5, 2, 6]),
        ("m1 / m2", [4, None, 1]),
        ("100 * m1 / (m1 + m2)", [80, 100, 50]),
        ("-m1", [-4, -2, -3]),
        ("m1 - 2 * 3 + 1", [-1, -3, -2]),
        ("m1 - MIN(m1)", [2, 0, 1]),
        ("FILL(m2, 0)", [1, 0, 3]),
        ("FILL(m2, REPEAT)", [1, 1, 3]),
        ("FILL(m2, m1)", [1, 2, 3]),
        ("MAX([m1, m2])", [4, 2, 3]),
        ("SUM(METRICS())", [5, 2, 6]),
        ('SUM(METRICS("2"))', [1, None, 3]),
        ("AVG([m1, m2])", [2.5, 1, 3]),
        ("SUM(100 * [m1, m2])", [500, 200, 600]),
        ("DIFF(m1)", [None, -2, 1]),
        ("60 * RATE(m1)", [None, -2, 1]),
        ("RUNNING_SUM(m1)", [4, 6, 9]),
        ("m1 / PERIOD(m1) * 60", [4, 2, 3]),
        ("m1 / METRIC_COUNT(METRICS())", [2, 1, 1.5]),
        ("TIME_SERIES(7)", [7, 7, 7]),
        ("FIRST([m1, m2])", [4, 2, 3]),
        ("SERVICE_QUOTA(m1)", [1000, 1000, 1000]),
        ("CEIL(m1 / 3)", [2, 1, 1]),
        ("SUM(SEARCH('{n} MetricName=\"m1\"', 'Sum', 60))", [4, 2, 3]),
    ],
)
def test_expression_has_the_documented_value(expression: str, expected: list[float | None]) -> None:
    assert values(expression, m1=[4, 2, 3], m2=[1, None, 3]) == expected


def test_insight_rule_metric_is_read_by_rule_and_name() -> None:
    account = Account({}, lambda rule, metric, grid: {grid[1]: 5.0} if (rule, metric) == ("r", "Sum") else {}, 0)

    assert evaluate('INSIGHT_RULE_METRIC("r", "Sum")', account) == {60: 5.0}


def test_band_surrounds_the_history() -> None:
    history = [
        Datum(-PERIOD * minute, 1, value, value, value) for minute, value in enumerate([8.0, 12.0] * 10, start=1)
    ]
    account = Account({Metric("n", "m1", frozenset()): history}, lambda *_: {}, 0)
    queries: list[dict[str, Any]] = [
        {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m1"}, "Period": 60, "Stat": "Sum"}},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)"},
    ]

    assert MetricQueries(queries, account, 0, 60).value("band") == [{0: 4.0}, {0: 16.0}]


@pytest.mark.parametrize(
    "expression",
    ["NO_SUCH(m1)", "m1 ~ 2", "m2", "[m1, 2]", "m1 +", "sum(m1)", "FILL(m1, LINEAR)", "m1 m1", "[m1] + [m1]"],
)
def test_unknown_syntax_of_metric_math_is_refused(expression: str) -> None:
    with pytest.raises(UnknownSyntax):
        evaluate(expression, m1=[1])


def test_metrics_of_different_periods_are_refused_in_one_expression() -> None:
    queries: list[dict[str, Any]] = [
        {"Id": id_, "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": period, "Stat": "Sum"}}
        for id_, period in (("a", 60), ("b", 300))
    ]

    with pytest.raises(UnknownSyntax, match=r"\[60, 300\]"):
        MetricQueries([*queries, {"Id": "c", "Expression": "a + b"}], Account({}, lambda *_: {}, 0), 0, 300).value("c")
