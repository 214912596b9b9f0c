"""The metric math of the alarms: shares are right, few requests are no alarm, and one of two sources is enough."""

import pytest

from tests.infra.observability.test_alarms import ALARM, expressions_of, name_of
from tests.support.metric_math import evaluate
from tests.support.recorded_programs import program

EXPRESSIONS = {
    name_of(alarm): expressions_of(alarm)[0]
    for alarm in program("prod").of(ALARM)
    if alarm.inputs["metricQueries"][0]["returnData"] is False
}
IDS = {
    name_of(alarm): [query["id"] for query in alarm.inputs["metricQueries"] if "metric" in query]
    for alarm in program("prod").of(ALARM)
}


def value_of(alarm: str, quota: float | None = None, **values: float) -> float:
    """Return what the alarm compares with its threshold. A metric that is not named has no data."""
    assert values.keys() <= set(IDS[alarm])
    return evaluate(EXPRESSIONS[alarm], {id_: values.get(id_) for id_ in IDS[alarm]}, quota)


@pytest.mark.parametrize(
    ("alarm", "values", "expected"),
    [
        ("rejected-share", {"processed": 570, "rejected": 30}, 5),
        ("rejected-share", {"rejected": 30}, 100),
        ("rejected-share", {"rejected": 200}, 100),
        ("rejected-share", {"processed": 200}, 0),
        ("edge-error-rate", {"invocations": 200, "errors": 2, "failures": 4}, 3),
        ("edge-error-rate", {"invocations": 5, "failures": 5}, 100),
        ("edge-error-rate", {"processed": 150, "rejected": 40, "failures": 10}, 5),
        ("edge-error-rate", {"invocations": 200, "errors": 20}, 10),
        ("processing-duration", {"processed": 100, "rendering": 1500}, 1500),
        ("processing-duration", {"invocations": 100, "duration": 1200}, 1200),
        ("processing-duration", {"invocations": 100, "duration": 900, "processed": 80, "rendering": 1100}, 900),
        ("server-error-rate", {"requests": 1000, "rate": 2.5}, 2.5),
        ("server-error-rate", {"requests": 5, "rate": 100}, 100),
        ("client-error-rate", {"requests": 1000, "rate": 12}, 12),
        ("hit-rate", {"requests": 1000, "rate": 60}, 60),
        ("edge-validation-errors", {"validation": 1, "viewer_execution": 2}, 3),
        ("uploads-per-hour", {"puts": 9000, "posts": 2000}, 11_000),
        ("cold-start-band", {"cold": 10, "invocations": 200, "processed": 150}, 5),
        ("cold-start-band", {"cold": 10, "processed": 100}, 10),
    ],
)
def test_alarm_when_metrics_have_data_compares_the_right_value(
    alarm: str, values: dict[str, float], expected: float
) -> None:
    assert value_of(alarm, **values) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("alarm", "values", "expected"),
    [
        ("rejected-share", {"processed": 1, "rejected": 29}, 0),
        ("edge-error-rate", {"invocations": 4, "errors": 4}, 0),
        ("edge-error-rate", {"failures": 4}, 0),
        ("processing-duration", {"processed": 99, "rendering": 20_000}, 0),
        ("server-error-rate", {"requests": 4, "rate": 100}, 0),
        ("client-error-rate", {"requests": 99, "rate": 100}, 0),
        ("hit-rate", {"requests": 999, "rate": 0}, 100),
    ],
)
def test_alarm_when_few_requests_arrive_stays_off(alarm: str, values: dict[str, float], expected: float) -> None:
    assert value_of(alarm, **values) == expected


@pytest.mark.parametrize("alarm", sorted(EXPRESSIONS.keys() - {"cold-start-band", "hit-rate"}))
def test_alarm_without_any_data_is_zero(alarm: str) -> None:
    assert value_of(alarm) == 0


@pytest.mark.parametrize(
    ("quota", "values", "expected"),
    [(500.0, {"used": 400}, 80), (500.0, {"used": 100, "claimed": 450}, 90), (None, {"used": 800}, 80)],
)
def test_concurrency_is_a_share_of_the_quota_or_of_the_default(
    quota: float | None, values: dict[str, float], expected: float
) -> None:
    assert value_of("edge-concurrency", quota, **values) == pytest.approx(expected)
