"""Each declared alarm goes off and recovers, and the right topic gets the right page exactly once.

The program is the one of prod with a domain. moto has its topics, policies and alarms, and synthetic metric data.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from infra.config.thresholds import THRESHOLDS, threshold_key
from local.aws.cloud import Cloud
from local.aws.kms_keys import create_key, set_key_policy
from local.aws.monitoring import MONITORING_CREATORS
from local.program.program import Program, Resource
from tests.infra.observability.test_alarms import ALARM, name_of
from tests.support.recorded_programs import program

CREATORS = MONITORING_CREATORS | {"aws:kms/key:Key": create_key, "aws:kms/keyPolicy:KeyPolicy": set_key_policy}
DAY = 86_400
START = (time.time() // DAY - 8) * DAY
"""The time from which on the metrics are bad: in the past, because CloudWatch Logs accepts no future events."""


class Case(NamedTuple):
    """The values of an alarm's metrics in one period, by the ids of the alarm's queries."""

    bad: dict[str, float]
    good: dict[str, float]


CASES = {
    "rejected-share": Case({"processed": 900, "rejected": 31}, {"processed": 900, "rejected": 29}),
    "edge-error-rate": Case({"invocations": 300, "failures": 6}, {"invocations": 300, "failures": 3}),
    "processing-duration": Case({"processed": 200, "rendering": 1200}, {"processed": 200, "rendering": 900}),
    "edge-throttles": Case({"throttles": 1}, {"throttles": 0}),
    "edge-concurrency": Case({"used": 800}, {"used": 799}),
    "server-error-rate": Case({"requests": 200, "rate": 3}, {"requests": 200, "rate": 0.9}),
    "edge-validation-errors": Case({"validation": 1}, {"validation": 0}),
    "dead-letters": Case({"letters": 1}, {"letters": 0}),
    "message-age": Case({"age": 901}, {"age": 900}),
    "images-per-hour": Case({"processed": 10_001}, {"processed": 10_000}),
    "duration-band": Case({"rendering": 900}, {"rendering": 200}),
    "invocations-band": Case({"invocations": 10}, {"invocations": 200}),
    "cold-start-band": Case({"cold": 90, "processed": 100}, {"cold": 2, "processed": 100}),
    "hit-rate": Case({"requests": 5000, "rate": 79}, {"requests": 5000, "rate": 81}),
    "client-error-rate": Case({"requests": 200, "rate": 11}, {"requests": 200, "rate": 10}),
    "blocked-requests-band": Case({"blocked": 500}, {"blocked": 10}),
    "certificate-expiry": Case({"days": 29}, {"days": 31}),
    "uploads-per-hour": Case({"puts": 9000, "posts": 1001}, {"puts": 9000, "posts": 1000}),
    "bucket-growth-band": Case({"size": 9e9}, {"size": 1e9}),
}
"""The cases of all alarms but `renders-per-original`, which counts lines of the log."""


class Pager:
    """The monitored stack, and a queue that is subscribed to each of its topics."""

    def __init__(self, cloud: Cloud, recorded: Program) -> None:
        self.cloud = cloud
        self.program = recorded
        self.alarms = {name_of(alarm): alarm for alarm in recorded.of(ALARM)}
        self._queues: dict[tuple[str, str], str] = {}
        for urgency, topics in recorded.outputs["alert_topics"].items():
            for region, topic in topics.items():
                queue = cloud.sqs(region).create_queue(QueueName=f"pager-{urgency}")["QueueUrl"]
                arn = f"arn:aws:sqs:{region}:123456789012:pager-{urgency}"
                cloud.sns(region).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
                self._queues[urgency, region] = queue

    def messages(self) -> list[tuple[str, str, str, str]]:
        """Return urgency, Region, alarm and new state of each page since the last call."""
        found: list[tuple[str, str, str, str]] = []
        for (urgency, region), queue in self._queues.items():
            sqs = self.cloud.sqs(region)
            while received := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
                for message in received:
                    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                    page = json.loads(json.loads(message["Body"])["Message"])
                    found.append((urgency, region, page["AlarmName"], page["NewStateValue"]))
        return found

    def put(self, alarm: Resource, values: dict[str, float], *times: float) -> None:
        """Put the values at some times. They differ a little, as an anomaly detection band needs it."""
        cloudwatch = self.cloud.cloudwatch(alarm.inputs["region"])
        for query in alarm.inputs["metricQueries"]:
            if query["id"] in values:
                metric = query["metric"]
                dimensions = [{"Name": name, "Value": value} for name, value in metric.get("dimensions", {}).items()]
                data: Any = [
                    {
                        "MetricName": metric["metricName"],
                        "Dimensions": dimensions,
                        "Value": values[query["id"]] * (1 - number % 3 / 1000),
                        "Timestamp": datetime.fromtimestamp(at, UTC),
                    }
                    for number, at in enumerate(times)
                ]
                for start in range(0, len(data), 1000):
                    cloudwatch.put_metric_data(Namespace=metric["namespace"], MetricData=data[start : start + 1000])

    def evaluate(self, at: float) -> list[tuple[str, str, str, str]]:
        """Evaluate all alarms at a time, twice, and return the pages."""
        self.cloud.evaluate_alarms(at)
        self.cloud.evaluate_alarms(at)
        return self.messages()


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("moto") / "moto.log") as running:
        running.wait_until_started()
        yield running


@pytest.fixture
def pager(moto: Cloud) -> Pager:
    """An account that has only the monitoring of this stack, and no data."""
    urllib.request.urlopen(f"{moto.url}/moto-api/reset", data=b"").close()
    recorded = program("the stack's own domain")
    for resource in recorded.resources:
        if resource.type in CREATORS:
            CREATORS[resource.type](resource, moto)
    return Pager(moto, recorded)


def period_of(alarm: Resource) -> int:
    return next(query["metric"]["period"] for query in alarm.inputs["metricQueries"] if "metric" in query)


def page_of(pager: Pager, alarm: Resource) -> tuple[str, str, str]:
    """Return the urgency, the Region and the name of the alarm that pages for an alarm."""
    region, urgent = alarm.inputs["region"], list(THRESHOLDS)[: list(THRESHOLDS).index("imagesPerHour")]
    if threshold_key(name_of(alarm)) not in urgent:
        return "routine", region, alarm.outputs["name"]
    (composite,) = [
        composite.inputs["alarmName"]
        for composite in pager.program.of("aws:cloudwatch/compositeAlarm:CompositeAlarm")
        if f'"{alarm.outputs["name"]}"' in composite.inputs["alarmRule"]
    ]
    return "urgent", region, composite


@pytest.mark.parametrize("name", CASES)
def test_alarm_pages_once_and_recovers_once(name: str, pager: Pager) -> None:
    alarm, case = pager.alarms[name], CASES[name]
    length, periods = period_of(alarm), alarm.inputs["evaluationPeriods"]
    # A band of filled values needs two weeks of history.
    history = range(1, 1345 if name == "invocations-band" else 13)
    pager.put(alarm, case.good, *(START - number * length for number in history))
    pager.evaluate(START)

    for number in range(periods):
        pager.put(alarm, case.bad, START + number * length)
    pages = pager.evaluate(START + periods * length)
    for number in range(periods, 2 * periods):
        pager.put(alarm, case.good, START + number * length)
    recoveries = pager.evaluate(START + 2 * periods * length)

    assert pages == [(*page_of(pager, alarm), "ALARM")]
    assert recoveries == [(*page_of(pager, alarm), "OK")]


def test_many_renders_of_one_original_page_once(pager: Pager) -> None:
    alarm = pager.alarms["renders-per-original"]
    region, group = alarm.inputs["region"], pager.program.outputs["edge_log_group"]
    logs = pager.cloud.logs(region)
    logs.create_log_stream(logGroupName=group, logStreamName="replica")
    pager.evaluate(START)

    for hour, count in ((0, 1001), (1, 1000)):
        for key in ("a.jpg", "b.jpg"):
            line = json.dumps({"outcome": "rendered", "key": key})
            timestamp = int((START + hour * 3600) * 1000)
            events: Any = [{"timestamp": timestamp, "message": line}] * (count if key == "a.jpg" else 600)
            logs.put_log_events(logGroupName=group, logStreamName="replica", logEvents=events)
    pages = [page for page in pager.evaluate(START + 3600) if page[0] == "urgent"]
    recoveries = [page for page in pager.evaluate(START + 7200) if page[0] == "urgent"]

    assert pages == [(*page_of(pager, alarm), "ALARM")]
    assert recoveries == [(*page_of(pager, alarm), "OK")]


def test_incident_of_the_edge_function_pages_once_in_its_region(pager: Pager) -> None:
    names = ("rejected-share", "edge-error-rate", "processing-duration", "edge-throttles", "edge-concurrency")
    pager.evaluate(START)

    for name in names:
        pager.put(pager.alarms[name], CASES[name].bad, START)
    pages = pager.evaluate(START + 900)

    assert pages == [(*page_of(pager, pager.alarms["rejected-share"]), "ALARM")]


def test_every_declared_alarm_has_a_case(pager: Pager) -> None:
    assert pager.alarms.keys() == CASES.keys() | {"renders-per-original"}
