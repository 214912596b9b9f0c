"""The CloudWatch metrics of a stack in the last hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ops.aws.stack import GLOBAL_REGION, Stack

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.literals import StatisticType
    from types_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

_PERIOD: Final = timedelta(hours=1)

Values = dict[datetime, float]
"""The values of one metric, by minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A CloudWatch metric with its dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: "StatisticType" = "Sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The traffic of a distribution. Rates are percentages. A value is None if CloudWatch has no data."""

    requests: float | None
    hit_rate: float | None
    """The cache hit rate, one of CloudFront's additional metrics, which `additionalMetrics` enables."""
    rate_4xx: float | None
    rate_5xx: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocations:
    """The invocations of the edge function in some Regions."""

    count: float
    errors: float
    regions: tuple[str, ...]


def read_traffic(stack: Stack, now: datetime) -> Traffic:
    """Return the traffic of the distribution.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html
    """
    dimensions = (("DistributionId", stack.output("distribution_id")), ("Region", "Global"))
    metrics = [
        Metric(namespace="AWS/CloudFront", name="Requests", dimensions=dimensions),
        *(
            Metric(namespace="AWS/CloudFront", name=name, dimensions=dimensions, statistic="Average")
            for name in ("CacheHitRate", "4xxErrorRate", "5xxErrorRate")
        ),
    ]
    requests, *rates = _read_values(stack.cloudwatch(), metrics, now)
    hit_rate, rate_4xx, rate_5xx = (_weighted_mean(values, requests) for values in rates)
    total = sum(requests.values()) if requests else None
    return Traffic(requests=total, hit_rate=hit_rate, rate_4xx=rate_4xx, rate_5xx=rate_5xx)


def count_invocations(stack: Stack, now: datetime) -> Invocations:
    """Return the invocations of the edge function, in the Regions where its replicas run.

    With Origin Shield, replicas run only in the Region of Origin Shield.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-testing-debugging.html
    """
    shield = stack.outputs.get("origin_shield_region")
    regions: list[str] = [shield] if shield else list(stack.outputs.get("edge_log_regions") or [GLOBAL_REGION])
    dimensions = (("FunctionName", f"{GLOBAL_REGION}.{stack.output('edge_function_name')}"),)
    metrics = [Metric(namespace="AWS/Lambda", name=name, dimensions=dimensions) for name in ("Invocations", "Errors")]
    count = errors = 0
    for region in regions:
        invocations, failures = _read_values(stack.cloudwatch(region), metrics, now)
        count += sum(invocations.values())
        errors += sum(failures.values())
    return Invocations(count=count, errors=errors, regions=tuple(regions))


def oldest_message_age(stack: Stack, queue_url: str, now: datetime) -> float | None:
    """Return the age of the oldest message in seconds, or None if CloudWatch has no data.

    The value is some minutes old, because CloudWatch receives the metric late.
    """
    metric = Metric(
        namespace="AWS/SQS",
        name="ApproximateAgeOfOldestMessage",
        dimensions=(("QueueName", queue_url.rpartition("/")[2]),),
        statistic="Maximum",
    )
    (values,) = _read_values(stack.cloudwatch(stack.output("originals_region")), [metric], now)
    return values[max(values)] if values else None


def _read_values(client: "CloudWatchClient", metrics: Sequence[Metric], now: datetime) -> list[Values]:
    """Return the values of each metric in the last hour, in the order of `metrics`."""
    queries: list[MetricDataQueryTypeDef] = [
        {
            "Id": f"m{index}",
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
                },
                "Period": 60,
                "Stat": metric.statistic,
            },
        }
        for index, metric in enumerate(metrics)
    ]
    values: list[Values] = [{} for _ in metrics]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=now - _PERIOD, EndTime=now
    )
    for page in pages:
        results: Any = page["MetricDataResults"]
        for result in results:
            index = int(result["Id"].removeprefix("m"))
            values[index] |= dict(zip(result["Timestamps"], result["Values"], strict=True))
    return values


def _weighted_mean(rates: Values, requests: Values) -> float | None:
    """Return the mean of the rates, weighted by the number of requests in each minute."""
    minutes = [minute for minute in rates if requests.get(minute)]
    total = sum(requests[minute] for minute in minutes)
    return sum(rates[minute] * requests[minute] for minute in minutes) / total if total else None
