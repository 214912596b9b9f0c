"""Alarms, metric filters, queries and topics in moto, created from declared resources and used through boto3."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.cloud import Cloud
from local.aws.monitoring import MONITORING_CREATORS
from local.program.program import Resource

REGION = "eu-west-1"
ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:urgent"
GROUP = "/aws/lambda/us-east-1.edge"
NOW = time.time() // 60 * 60
MINUTE = 60


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("moto") / "moto.log") as running:
        running.wait_until_started()
        yield running


@pytest.fixture
def cloud(moto: Cloud) -> Cloud:
    """An empty account."""
    urllib.request.urlopen(f"{moto.url}/moto-api/reset", data=b"").close()
    return moto


def create(cloud: Cloud, type_: str, name: str, **inputs: Any) -> None:
    """Create a declared resource, whose type is named without its module, such as `cloudwatch/metricAlarm`."""
    pascal = type_.partition("/")[2]
    token = f"aws:{type_}:{pascal[0].upper()}{pascal[1:]}"
    outputs = inputs | {"name": name, "region": REGION}
    MONITORING_CREATORS[token](Resource(type=token, name=name, id=name, inputs=inputs, outputs=outputs), cloud)


def create_topic(cloud: Cloud, *, key: str = "", service: str = "cloudwatch.amazonaws.com") -> str:
    """Create a topic with a policy and a queue that receives its messages; return the URL of the queue."""
    create(cloud, "sns/topic", "urgent", kmsMasterKeyId=key)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"},
        },
    }
    create(cloud, "sns/topicPolicy", "urgent", arn=TOPIC, policy=json.dumps({"Statement": [statement]}))
    url = cloud.sqs(REGION).create_queue(QueueName="pager")["QueueUrl"]
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:pager"
    create(cloud, "sns/topicSubscription", "pager", topic=TOPIC, protocol="sqs", endpoint=queue)
    return url


def create_alarm(cloud: Cloud, name: str, **inputs: Any) -> None:
    """Create an alarm that is in the state ALARM while the metric with its name is above 10 in one minute of two."""
    defaults = {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 2,
        "datapointsToAlarm": 1,
        "threshold": 10,
        "treatMissingData": "notBreaching",
        "namespace": "n",
        "metricName": name,
        "period": MINUTE,
        "statistic": "Sum",
    }
    create(cloud, "cloudwatch/metricAlarm", name, **{k: v for k, v in (defaults | inputs).items() if v is not None})


def put(cloud: Cloud, name: str, *values: float, at: float = NOW) -> None:
    data: Any = [{"MetricName": name, "Value": value, "Timestamp": at} for value in values]
    cloud.cloudwatch(REGION).put_metric_data(Namespace="n", MetricData=data)


def pages(cloud: Cloud, queue: str) -> list[dict[str, Any]]:
    """Return the messages of CloudWatch that arrived since the last call."""
    sqs = cloud.sqs(REGION)
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


def evaluate(cloud: Cloud, *minutes: int) -> None:
    for minute in minutes:
        cloud.evaluate_alarms(NOW + minute * MINUTE)


def states(cloud: Cloud) -> dict[str, str]:
    types: Any = ["MetricAlarm", "CompositeAlarm"]
    alarms = cloud.cloudwatch(REGION).describe_alarms(AlarmTypes=types)
    return {
        alarm.get("AlarmName", ""): alarm.get("StateValue", "")
        for alarm in (*alarms["MetricAlarms"], *alarms["CompositeAlarms"])
    }


def test_alarm_sends_one_page_and_one_recovery(cloud: Cloud) -> None:
    queue = create_topic(cloud)
    create_alarm(cloud, "errors", alarmActions=[TOPIC], okActions=[TOPIC], alarmDescription="Read errors.md")
    evaluate(cloud, 0)
    pages(cloud, queue)

    put(cloud, "errors", 6, 5)
    evaluate(cloud, 1, 2)
    (page,) = pages(cloud, queue)
    evaluate(cloud, 10, 11)
    (recovery,) = pages(cloud, queue)

    assert (page["AlarmName"], page["OldStateValue"], page["NewStateValue"]) == ("errors", "OK", "ALARM")
    assert page["AlarmDescription"] == "Read errors.md"
    assert page["Trigger"]["MetricName"] == "errors"
    assert (recovery["OldStateValue"], recovery["NewStateValue"]) == ("ALARM", "OK")


def test_composite_alarm_of_six_children_sends_one_page(cloud: Cloud) -> None:
    queue = create_topic(cloud)
    names = [f"child-{number}" for number in range(6)]
    for name in names:
        create_alarm(cloud, name)
    rule = " OR ".join(f'ALARM("{name}")' for name in names)
    actions = {"alarmActions": [TOPIC], "okActions": [TOPIC]}
    create(cloud, "cloudwatch/compositeAlarm", "c", alarmName="urgent", alarmRule=rule, **actions)
    evaluate(cloud, 0)
    pages(cloud, queue)

    for minute, name in enumerate(names):
        put(cloud, name, 11, at=NOW + minute * MINUTE / 2)
    evaluate(cloud, *range(1, 20))
    page, recovery = pages(cloud, queue)

    assert (page["AlarmName"], page["NewStateValue"], page["AlarmRule"]) == ("urgent", "ALARM", rule)
    assert [child["State"]["Value"] for child in page["TriggeringChildren"]] == ["ALARM"] * 2
    assert recovery["NewStateValue"] == "OK"


def test_alarm_on_metric_math_guards_small_numbers(cloud: Cloud) -> None:
    metrics = [
        {"id": id_, "metric": {"namespace": "n", "metricName": id_, "period": 60, "stat": "Sum"}, "returnData": False}
        for id_ in ("errors", "calls")
    ]
    expression = "IF(calls >= 100, 100 * FILL(errors, 0) / calls, 0)"
    create_alarm(
        cloud,
        "rate",
        metricQueries=[*metrics, {"id": "rate", "expression": expression, "returnData": True}],
        **dict.fromkeys(("namespace", "metricName", "period", "statistic")),
    )

    put(cloud, "errors", 9)
    put(cloud, "calls", 10)
    evaluate(cloud, 1)
    assert states(cloud) == {"rate": "OK"}

    put(cloud, "errors", 11, at=NOW + MINUTE)
    put(cloud, "calls", 100, at=NOW + MINUTE)
    evaluate(cloud, 2)
    assert states(cloud) == {"rate": "ALARM"}


def test_new_alarm_without_data_has_insufficient_data(cloud: Cloud) -> None:
    create_alarm(cloud, "errors", treatMissingData="missing")

    evaluate(cloud, 1)

    assert states(cloud) == {"errors": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    "options",
    [{"service": "budgets.amazonaws.com"}, {"key": "alias/aws/sns"}],
    ids=["policy without CloudWatch", "key of AWS"],
)
def test_topic_that_does_not_admit_cloudwatch_gets_no_page(cloud: Cloud, options: dict[str, str]) -> None:
    queue = create_topic(cloud, **options)
    create_alarm(cloud, "errors", alarmActions=[TOPIC])

    put(cloud, "errors", 11)
    evaluate(cloud, 1)

    assert states(cloud) == {"errors": "ALARM"}
    assert pages(cloud, queue) == []


def test_state_that_an_operator_sets_runs_the_actions(cloud: Cloud) -> None:
    queue = create_topic(cloud)
    create_alarm(cloud, "errors", alarmActions=[TOPIC])

    cloud.cloudwatch(REGION).set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test")

    assert [page["NewStateReason"] for page in pages(cloud, queue)] == ["a test"]


def test_dead_letters_cause_an_alarm(cloud: Cloud) -> None:
    url = cloud.sqs(REGION).create_queue(QueueName="dead-letters")["QueueUrl"]
    metric = {"namespace": "AWS/SQS", "metricName": "ApproximateNumberOfMessagesVisible", "threshold": 0}
    create_alarm(cloud, "dead", **metric, statistic="Maximum", dimensions={"QueueName": "dead-letters"})

    cloud.sqs(REGION).send_message(QueueUrl=url, MessageBody="x")
    cloud.evaluate_alarms(time.time())
    cloud.evaluate_alarms(time.time() + MINUTE)

    assert states(cloud) == {"dead": "ALARM"}


def test_subscription_of_a_person_stays_pending(cloud: Cloud) -> None:
    create(cloud, "sns/topic", "urgent")
    for protocol, endpoint in (("email", "a@example.com"), ("https", "https://pager.example.com/key")):
        create(cloud, "sns/topicSubscription", protocol, topic=TOPIC, protocol=protocol, endpoint=endpoint)

    cloud.sns(REGION).publish(TopicArn=TOPIC, Message="test")  # would fail if moto sent it to the pager

    subscriptions = cloud.sns(REGION).list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert [item["SubscriptionArn"] for item in subscriptions] == ["PendingConfirmation"] * 2


def test_metric_filter_turns_lines_into_metrics_with_a_reason(cloud: Cloud) -> None:
    create(cloud, "cloudwatch/logGroup", GROUP, retentionInDays=30)
    transformation = {"name": "Rejections", "namespace": "n", "value": "1", "dimensions": {"reason": "$.reason"}}
    create(
        cloud,
        "cloudwatch/logMetricFilter",
        "rejections",
        logGroupName=GROUP,
        pattern='{ $.outcome = "rejected" }',
        metricTransformation=transformation,
    )

    put_lines(cloud, {"outcome": "rejected", "reason": "broken"}, {"outcome": "rendered"}, {"outcome": "rejected"})

    metric: Any = {"Namespace": "n", "MetricName": "Rejections", "Dimensions": [{"Name": "reason", "Value": "broken"}]}
    assert metric_values(cloud, MetricStat={"Metric": metric, "Period": 3600, "Stat": "Sum"}) == [1]


def test_insight_rule_counts_the_renders_of_one_original(cloud: Cloud) -> None:
    create(cloud, "cloudwatch/logGroup", GROUP)
    definition = {
        "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
        "LogGroupNames": [GROUP],
        "LogFormat": "JSON",
        "Contribution": {"Keys": ["$.key"], "Filters": []},
        "AggregateOn": "Count",
    }
    create(
        cloud,
        "cloudwatch/contributorInsightRule",
        "rule",
        ruleName="rule",
        ruleDefinition=json.dumps(definition),
    )

    put_lines(cloud, {"key": "a"}, {"key": "a"}, {"key": "b"})

    expression = 'INSIGHT_RULE_METRIC("rule", "MaxContributorValue")'
    assert metric_values(cloud, Expression=expression, Period=3600) == [2]


def test_saved_query_and_dashboard_can_be_read(cloud: Cloud) -> None:
    create(cloud, "cloudwatch/queryDefinition", "edge/slowest", queryString="fields @message | limit 5")
    create(cloud, "cloudwatch/dashboard", "d", dashboardName="application", dashboardBody='{"widgets": []}')

    (definition,) = cloud.logs(REGION).describe_query_definitions(queryDefinitionNamePrefix="edge/")["queryDefinitions"]
    assert definition.get("queryString") == "fields @message | limit 5"
    assert cloud.cloudwatch(REGION).get_dashboard(DashboardName="application")["DashboardBody"] == '{"widgets": []}'


def test_metric_with_many_values_is_listed_once(cloud: Cloud) -> None:
    put(cloud, "errors", 1, 2, 3)

    assert [metric.get("MetricName") for metric in cloud.cloudwatch(REGION).list_metrics()["Metrics"]] == ["errors"]


def test_test_metric_filter_returns_the_matching_messages(cloud: Cloud) -> None:
    result = cloud.logs(REGION).test_metric_filter(filterPattern="{ $.a = 1 }", logEventMessages=['{"a": 1}', "b"])

    assert [(match.get("eventNumber"), match.get("extractedValues")) for match in result["matches"]] == [
        (1, {"$.a": "1"})
    ]


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (
            "cloudwatch/logMetricFilter",
            {
                "logGroupName": GROUP,
                "pattern": "{ $.a ~ 1 }",
                "metricTransformation": {"name": "m", "namespace": "n", "value": "1"},
            },
        ),
        ("cloudwatch/compositeAlarm", {"alarmName": "c", "alarmRule": "ANY(a)"}),
        ("cloudwatch/contributorInsightRule", {"ruleName": "r", "ruleDefinition": "{}"}),
        ("cloudwatch/queryDefinition", {"queryString": "parse x"}),
        ("cloudwatch/dashboard", {"dashboardName": "d", "dashboardBody": "{"}),
        (
            "cloudwatch/metricAlarm",
            {
                "comparisonOperator": "GreaterThanThreshold",
                "evaluationPeriods": 1,
                "threshold": 1,
                "metricQueries": [{"id": "e", "expression": "NO_SUCH(m)", "period": 60, "returnData": True}],
            },
        ),
    ],
)
def test_resource_with_unknown_syntax_is_refused(cloud: Cloud, type_: str, inputs: dict[str, Any]) -> None:
    create(cloud, "cloudwatch/logGroup", GROUP)

    with pytest.raises(ClientError, match="Invalid"):
        create(cloud, type_, "x", **inputs)


def put_lines(cloud: Cloud, *lines: dict[str, Any]) -> None:
    logs = cloud.logs(REGION)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    events: Any = [{"timestamp": int(time.time() * 1000), "message": json.dumps(line)} for line in lines]
    logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=events)


def metric_values(cloud: Cloud, **query: Any) -> list[float]:
    """Return the sums of the last two hours; the test can run while an hour ends."""
    end = datetime.now(UTC) + timedelta(minutes=1)
    queries: Any = [{"Id": "m", **query}]
    result = cloud.cloudwatch(REGION).get_metric_data(
        StartTime=end - timedelta(hours=1), EndTime=end, MetricDataQueries=queries
    )
    return [sum(result["MetricDataResults"][0]["Values"])]
