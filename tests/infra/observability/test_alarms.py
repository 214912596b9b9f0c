"""Every stack that is monitored has its alarms: described, in the right Region, and on metrics that exist."""

import json
import re
from typing import Any

import pytest

from infra.config.thresholds import THRESHOLDS, threshold_key
from local.program.program import Program, Resource
from tests.support.metric_sources import ADDITIONAL, LOG_FIELDS, find_source
from tests.support.recorded_programs import KNOWN, program
from tests.support.served_stack import ROOT

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
RULE = "aws:cloudwatch/contributorInsightRule:ContributorInsightRule"
MONITORED = [name for name in KNOWN if program(name).of(ALARM)]
RUNBOOKS = ROOT / "docs" / "runbooks"
EDGE = {
    *("rejected-share", "edge-error-rate", "processing-duration", "edge-throttles", "edge-concurrency"),
    *("renders-per-original", "images-per-hour", "duration-band", "invocations-band", "cold-start-band"),
}
DISTRIBUTION = {"server-error-rate", "edge-validation-errors", "client-error-rate"}
UPLOADS = {"dead-letters", "message-age", "bucket-growth-band"}
URGENT = list(THRESHOLDS)[: list(THRESHOLDS).index("imagesPerHour")]


def name_of(alarm: Resource) -> str:
    """Return the name of the alarm without its Region, as the table of thresholds and the runbook have it."""
    return alarm.name.removesuffix(f"-{alarm.inputs['region']}")


def alarms_by_region(recorded: Program) -> dict[str, set[str]]:
    regions = {alarm.inputs["region"] for alarm in recorded.of(ALARM)}
    return {
        region: {name_of(alarm) for alarm in recorded.of(ALARM) if alarm.inputs["region"] == region}
        for region in regions
    }


def metrics_of(alarm: Resource) -> list[dict[str, Any]]:
    return [query["metric"] for query in alarm.inputs["metricQueries"] if "metric" in query]


def expressions_of(alarm: Resource) -> list[str]:
    return [query["expression"] for query in alarm.inputs["metricQueries"] if "expression" in query]


def test_stack_prod_has_each_alarm_in_its_region() -> None:
    assert alarms_by_region(program("prod")) == {
        "eu-central-1": EDGE | UPLOADS | {"uploads-per-hour"},
        "us-east-1": DISTRIBUTION | {"hit-rate", "blocked-requests-band"},
    }


def test_stack_without_origin_shield_has_edge_alarms_in_each_region() -> None:
    alarms = alarms_by_region(program("no Origin Shield"))

    assert set(alarms) == set(program("no Origin Shield").outputs["edge_log_regions"])
    assert len(alarms) == 13
    assert all(alarms[region] >= EDGE for region in alarms)
    assert [region for region in alarms if alarms[region] & UPLOADS] == ["eu-central-1"]
    assert [region for region in alarms if alarms[region] & DISTRIBUTION] == ["us-east-1"]


def test_stack_with_bucket_beside_the_shield_has_three_regions() -> None:
    assert set(alarms_by_region(program("a Region with Origin Shield in a neighboring Region"))) == {
        *("eu-north-1", "eu-west-2", "us-east-1")
    }


def test_certificate_has_an_alarm_only_with_a_domain() -> None:
    assert "certificate-expiry" in alarms_by_region(program("the stack's own domain"))["us-east-1"]
    assert "certificate-expiry" not in alarms_by_region(program("prod"))["us-east-1"]


def test_parts_that_are_off_have_no_alarms() -> None:
    without_metrics = set().union(*alarms_by_region(program("no additional metrics")).values())
    without_firewall = set().union(*alarms_by_region(program("monitoring without firewall")).values())

    assert not without_metrics & {"hit-rate", "uploads-per-hour"}
    assert "blocked-requests-band" not in without_firewall


@pytest.mark.parametrize("name", ["dev", "no monitoring"])
def test_stack_without_monitoring_has_none_of_it(name: str) -> None:
    types = {resource.type for resource in program(name).resources}

    assert not types & {ALARM, COMPOSITE, FILTER, RULE}
    assert not types & {
        "aws:cloudfront/monitoringSubscription:MonitoringSubscription",
        "aws:s3/bucketMetric:BucketMetric",
        "aws:cloudwatch/dashboard:Dashboard",
    }
    assert program(name).outputs["alert_topics"]["urgent"] == {}
    assert list(program(name).outputs["alert_topics"]["routine"]) == ["us-east-1"]
    assert (program(name).outputs["metrics_namespace"], program(name).outputs["dashboards"]) == (None, {})


@pytest.mark.parametrize("name", MONITORED)
def test_description_says_meaning_viewers_and_runbook(name: str) -> None:
    for alarm in [*program(name).of(ALARM), *program(name).of(COMPOSITE)]:
        text = alarm.inputs["alarmDescription"]
        meaning, viewers, runbook = text.split("\n")

        assert len(text) <= 1024
        assert re.match(r"(Urgent|Routine)\. [A-Z].*\.$", meaning), alarm.name
        assert re.match(r"Viewers: .*\.$", viewers), alarm.name
        assert (RUNBOOKS / runbook.rpartition("/")[2]).is_file(), alarm.name


def test_description_has_the_configured_address_of_the_runbook() -> None:
    texts = {name_of(alarm): alarm.inputs["alarmDescription"] for alarm in program("other thresholds").of(ALARM)}

    assert texts["hit-rate"].endswith("\nRunbook: https://git.example.com/runbooks/hit-rate.md")


def test_each_alarm_has_a_runbook_and_each_runbook_an_alarm() -> None:
    pages = {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}
    alarms = {name_of(alarm) for name in MONITORED for alarm in program(name).of(ALARM)}

    assert pages == alarms
    assert {threshold_key(alarm) for alarm in alarms} == THRESHOLDS.keys()


@pytest.mark.parametrize("name", MONITORED)
def test_alarm_notifies_the_topic_of_its_urgency_in_its_region(name: str) -> None:
    topics = program(name).outputs["alert_topics"]
    for alarm in program(name).of(ALARM):
        is_urgent = threshold_key(name_of(alarm)) in URGENT
        expected = None if is_urgent else [topics["routine"][alarm.inputs["region"]]]

        assert alarm.inputs.get("alarmActions") == alarm.inputs.get("okActions") == expected, alarm.name
        assert alarm.inputs["alarmDescription"].startswith("Urgent. " if is_urgent else "Routine. ")


@pytest.mark.parametrize("name", MONITORED)
def test_composite_alarms_contain_exactly_the_urgent_alarms_of_a_region(name: str) -> None:
    recorded = program(name)
    for region in alarms_by_region(recorded):
        urgent_alarms = {
            alarm.outputs["name"]
            for alarm in recorded.of(ALARM)
            if alarm.inputs["region"] == region and threshold_key(name_of(alarm)) in URGENT
        }
        composites = [alarm for alarm in recorded.of(COMPOSITE) if alarm.inputs["region"] == region]
        rules = [alarm.inputs["alarmRule"] for alarm in composites]
        members = [member for rule in rules for member in re.findall(r'ALARM\("([^"]+)"\)', rule)]

        assert sorted(members) == sorted(urgent_alarms)
        assert all(re.fullmatch(r'ALARM\("[^"]+"\)( OR ALARM\("[^"]+"\))*', rule) for rule in rules)
        topic = recorded.outputs["alert_topics"]["urgent"][region]
        assert all(alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [topic] for alarm in composites)


def test_one_composite_alarm_pages_for_each_group_and_region() -> None:
    assert {alarm.name for alarm in program("prod").of(COMPOSITE)} == {
        *("edge-urgent-eu-central-1", "distribution-urgent-us-east-1", "uploads-urgent-eu-central-1")
    }


@pytest.mark.parametrize("name", MONITORED)
def test_metrics_and_dimensions_of_alarms_are_emitted(name: str) -> None:
    recorded = program(name)
    own = {
        (
            item.inputs["region"],
            item.inputs["metricTransformation"]["namespace"],
            item.inputs["metricTransformation"]["name"],
        )
        for item in recorded.of(FILTER)
        if not item.inputs["metricTransformation"].get("dimensions")
    }
    rules = {rule.inputs["region"]: rule.inputs["ruleName"] for rule in recorded.of(RULE)}
    for alarm in recorded.of(ALARM):
        region = alarm.inputs["region"]
        for metric in metrics_of(alarm):
            if metric["namespace"].startswith("AWS/"):
                source = find_source(metric["namespace"], metric.get("dimensions", {}), metric["metricName"])
                assert source, (alarm.name, metric)
                assert metric["period"] in source.periods, alarm.name
            else:
                assert (region, metric["namespace"], metric["metricName"]) in own, alarm.name
        for rule in re.findall(r'INSIGHT_RULE_METRIC\("([^"]+)"', " ".join(expressions_of(alarm))):
            assert rule == rules[region], alarm.name


@pytest.mark.parametrize("name", MONITORED)
def test_dimensions_of_alarms_are_resources_of_the_stack(name: str) -> None:
    recorded = program(name)
    known = {value for resource in recorded.resources for value in (resource.id, resource.outputs.get("name"))}
    known |= {resource.outputs.get("arn") for resource in recorded.of("aws:acm/certificate:Certificate")}
    known |= {f"us-east-1.{recorded.outputs['edge_function_name']}", f"edge-image-resizer-{recorded.stack}"}
    known |= {"Global", "ALL", "StandardStorage"}
    values = {
        value
        for alarm in recorded.of(ALARM)
        for item in metrics_of(alarm)
        for value in item.get("dimensions", {}).values()
    }

    assert values <= known


@pytest.mark.parametrize("name", MONITORED)
def test_alarms_on_additional_metrics_need_the_subscription(name: str) -> None:
    uses = any(metric["metricName"] in ADDITIONAL for alarm in program(name).of(ALARM) for metric in metrics_of(alarm))

    assert uses == bool(program(name).of("aws:cloudfront/monitoringSubscription:MonitoringSubscription"))


@pytest.mark.parametrize("name", MONITORED)
def test_fields_of_filters_and_rules_are_fields_of_a_log_line(name: str) -> None:
    fields: set[str] = set()
    for item in program(name).of(FILTER):
        transformation = item.inputs["metricTransformation"]
        texts = [item.inputs["pattern"], transformation["value"], *transformation.get("dimensions", {}).values()]
        fields |= {field for text in texts for field in re.findall(r"\$\.([a-z_.]+)", text)}
    fields |= {
        field for rule in program(name).of(RULE) for field in re.findall(r"\$\.(\w+)", rule.inputs["ruleDefinition"])
    }

    assert fields
    assert fields <= LOG_FIELDS


@pytest.mark.parametrize("name", MONITORED)
def test_alarms_respect_the_limits_of_cloudwatch(name: str) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""
    for alarm in program(name).of(ALARM):
        queries = alarm.inputs["metricQueries"]
        periods = {query["metric"]["period"] for query in queries if "metric" in query}
        periods |= {query["period"] for query in queries if "period" in query}
        total = max(periods) * alarm.inputs["evaluationPeriods"]

        assert len(periods) == 1, alarm.name
        assert total <= (7 * 86_400 if min(periods) >= 3600 else 86_400), alarm.name
        assert len(metrics_of(alarm)) <= 10
        assert all(re.fullmatch(r"[a-z][a-zA-Z0-9_]*", query["id"]) for query in queries)
        assert all(len(expression) <= 1024 for expression in expressions_of(alarm))
        has_band = "thresholdMetricId" in alarm.inputs
        assert has_band is not ("threshold" in alarm.inputs), alarm.name
        assert sum(query["returnData"] for query in queries) == (2 if has_band else 1), alarm.name


def test_default_thresholds_reach_the_alarms() -> None:
    for name in MONITORED:
        if name == "other thresholds":
            continue
        for alarm in program(name).of(ALARM):
            default = THRESHOLDS[threshold_key(name_of(alarm))].default
            if "threshold" in alarm.inputs:
                assert alarm.inputs["threshold"] == default, alarm.name
            else:
                assert expressions_of(alarm)[-1].endswith(f", {default:g})"), alarm.name


def test_configured_thresholds_reach_the_alarms() -> None:
    alarms = {name_of(alarm): alarm for alarm in program("other thresholds").of(ALARM)}

    assert alarms["rejected-share"].inputs["threshold"] == 2.5
    assert alarms["certificate-expiry"].inputs["threshold"] == 14
    assert expressions_of(alarms["duration-band"]) == ["ANOMALY_DETECTION_BAND(rendering, 3)"]


def test_metric_filters_have_a_default_or_dimensions_but_not_both() -> None:
    for item in program("prod").of(FILTER):
        transformation = item.inputs["metricTransformation"]
        is_count = transformation["value"] == "1"

        assert ("defaultValue" in transformation) == (is_count and "dimensions" not in transformation), item.name


def test_filters_and_rule_read_the_log_group_of_the_edge_function() -> None:
    for name in MONITORED:
        log_group = program(name).outputs["edge_log_group"]
        regions = sorted(program(name).outputs["edge_log_regions"])

        assert {item.inputs["logGroupName"] for item in program(name).of(FILTER)} == {log_group}
        assert sorted(rule.inputs["region"] for rule in program(name).of(RULE)) == regions
        for rule in program(name).of(RULE):
            assert json.loads(rule.inputs["ruleDefinition"])["LogGroupNames"] == [log_group]
