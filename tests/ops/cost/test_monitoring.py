"""The quantities of monitoring equal what the program declares for a stack with the same configuration."""

import json
from typing import Any

import pytest

from infra.observability.dashboards.images import REASONS
from infra.observability.metric_filters import LOG_METRICS
from local.program.program import Program
from ops.cost import monitoring
from ops.cost.assumptions import Assumptions
from tests.support.recorded_programs import program

STACKS = {"prod": Assumptions(encryption="kms"), "no Origin Shield": Assumptions(encryption="kms", edge_regions=13)}
by_stack = pytest.mark.parametrize("name", [*STACKS])


def metrics_of_alarm(inputs: dict[str, Any]) -> int:
    """Return the number of metrics that AWS bills: an alarm without metrics counts as one, a band as two more."""
    queries = inputs["metricQueries"]
    bands = sum("ANOMALY_DETECTION_BAND" in query.get("expression", "") for query in queries)
    return max(1, sum("metric" in query for query in queries)) + 2 * bands


def keys_of_topics(recorded: Program) -> set[str]:
    return {topic.inputs["kmsMasterKeyId"] for topic in recorded.of("aws:sns/topic:Topic")}


@by_stack
def test_alarms_of_the_estimate_are_those_of_the_stack(name: str) -> None:
    alarms = program(name).of("aws:cloudwatch/metricAlarm:MetricAlarm")
    composites = program(name).of("aws:cloudwatch/compositeAlarm:CompositeAlarm")

    assert sum(metrics_of_alarm(alarm.inputs) for alarm in alarms) == monitoring.alarm_metrics(STACKS[name])
    assert len(composites) == monitoring.composite_alarms(STACKS[name])


@by_stack
def test_metrics_of_the_estimate_are_those_of_the_stack(name: str) -> None:
    filters = program(name).of("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    metrics = len(filters) // len(LOG_METRICS) * (len(LOG_METRICS) - 1 + len(REASONS))

    requested = monitoring.CLOUDFRONT_METRICS + monitoring.REQUEST_METRICS
    assert metrics + requested == monitoring.custom_metrics(STACKS[name])


@by_stack
def test_keys_of_the_estimate_are_those_of_the_topics(name: str) -> None:
    assert len(keys_of_topics(program(name))) == monitoring.topic_keys(STACKS[name])


def test_stack_without_monitoring_needs_only_the_key_of_the_budget() -> None:
    assert monitoring.topic_keys(Assumptions(encryption="kms", monitoring=False)) == 1
    assert monitoring.topic_keys(Assumptions(monitoring=False)) == 0


def test_dashboards_of_the_estimate_have_their_numbers_of_metrics() -> None:
    counts = {
        dashboard.inputs["dashboardName"].rpartition("-")[2]: sum(
            len(entry) > 1
            for widget in json.loads(dashboard.inputs["dashboardBody"])["widgets"]
            for entry in widget["properties"].get("metrics", [])
        )
        for dashboard in program("prod").of("aws:cloudwatch/dashboard:Dashboard")
    }

    assert counts["application"] > 50 >= counts["account"]
