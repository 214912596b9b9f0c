from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.aws.metrics import count_invocations, oldest_message_age, read_traffic
from ops.aws.stack import Stack
from tests.support.aws_servers import FUNCTION, OUTPUTS, Moto

NOW = datetime.now(UTC)
DISTRIBUTION = {"DistributionId": OUTPUTS["distribution_id"], "Region": "Global"}


@pytest.fixture
def stack(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.url)
    return Stack(name="prod", outputs=OUTPUTS)


def put(
    moto: Moto, region: str, namespace: str, dimensions: dict[str, str], minutes: int, values: dict[str, float]
) -> None:
    """Put metric values with a time some minutes before NOW."""
    data: list[Any] = [
        {
            "MetricName": metric,
            "Value": value,
            "Timestamp": NOW - timedelta(minutes=minutes),
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
        for metric, value in values.items()
    ]
    moto.client("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=data)


def test_traffic_without_data_is_none(stack: Stack) -> None:
    traffic = read_traffic(stack, NOW)

    assert (traffic.requests, traffic.hit_rate, traffic.rate_4xx, traffic.rate_5xx) == (None, None, None, None)


def test_rates_are_weighted_by_requests_of_the_last_hour(stack: Stack, moto: Moto) -> None:
    put(moto, "us-east-1", "AWS/CloudFront", DISTRIBUTION, 5, {"Requests": 9900, "4xxErrorRate": 0})
    put(moto, "us-east-1", "AWS/CloudFront", DISTRIBUTION, 9, {"Requests": 100, "4xxErrorRate": 50})
    put(moto, "us-east-1", "AWS/CloudFront", DISTRIBUTION, 90, {"Requests": 7, "4xxErrorRate": 100})

    traffic = read_traffic(stack, NOW)

    assert (traffic.requests, traffic.rate_4xx) == (10_000, pytest.approx(0.5))


def test_invocations_are_summed_over_the_regions(stack: Stack, moto: Moto) -> None:
    regions = ("us-east-1", "eu-west-1")
    for region in regions:
        put(moto, region, "AWS/Lambda", {"FunctionName": f"us-east-1.{FUNCTION}"}, 5, {"Invocations": 5, "Errors": 1})
    outputs = OUTPUTS | {"origin_shield_region": "", "edge_log_regions": [*regions]}

    invocations = count_invocations(Stack(name="prod", outputs=outputs), NOW)

    assert (invocations.count, invocations.errors, invocations.regions) == (10, 2, regions)


def test_age_of_the_oldest_message_is_the_latest_value(stack: Stack, moto: Moto) -> None:
    queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/alive"
    assert oldest_message_age(stack, queue, NOW) is None

    for minutes, age in ((9, 900), (2, 200)):
        put(moto, "eu-central-1", "AWS/SQS", {"QueueName": "alive"}, minutes, {"ApproximateAgeOfOldestMessage": age})

    assert oldest_message_age(stack, queue, NOW) == 200
