"""What CloudWatch counted in the last hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ops.aws.stack import GLOBAL_REGION, Stack

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Metric:
    """One, with its dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """None where CloudWatch has nothing. Rates in percent."""

    requests: float | None
    hit_rate: float | None
    """Of CloudFront's additional metrics, which a stack does not subscribe to."""
    rate_4xx: float | None
    rate_5xx: float | None


@dataclass(frozen=True, slots=True)
class Invocations:
    """Of the edge function, in the Regions where it was looked for."""

    count: float
    errors: float
    regions: tuple[str, ...]


def read_traffic(found: Stack, now: datetime) -> Traffic:
    """Of the distribution. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html"""
    dimensions = (("DistributionId", found.output("distribution_id")), ("Region", "Global"))
    rates = ("CacheHitRate", "4xxErrorRate", "5xxErrorRate")
    wanted = [
        Metric("AWS/CloudFront", "Requests", dimensions),
        *(Metric("AWS/CloudFront", name, dimensions, "Average") for name in rates),
    ]
    requests, *others = _values(found.client("cloudwatch"), wanted, now)
    shares = [_weighted(one, requests) for one in others]
    total = sum(requests.values()) if requests else None
    return Traffic(requests=total, hit_rate=shares[0], rate_4xx=shares[1], rate_5xx=shares[2])


def count_invocations(found: Stack, now: datetime) -> Invocations:
    """Replicas count where they run: with Origin Shield in its Region, else in many.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-testing-debugging.html
    """
    shield = found.outputs.get("origin_shield_region")
    regions: list[str] = [shield] if shield else list(found.outputs.get("edge_log_regions") or [GLOBAL_REGION])
    dimensions = (("FunctionName", f"us-east-1.{found.output('edge_function_name')}"),)
    wanted = [Metric("AWS/Lambda", name, dimensions) for name in ("Invocations", "Errors")]
    sums = [[sum(one.values()) for one in _values(found.client("cloudwatch", each), wanted, now)] for each in regions]
    return Invocations(sum(one[0] for one in sums), sum(one[1] for one in sums), tuple(regions))


def oldest_message_age(found: Stack, queue: str, now: datetime) -> float | None:
    """Seconds that the oldest message has waited, as CloudWatch last saw it; minutes late."""
    name = queue.rpartition("/")[2]
    wanted = Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", (("QueueName", name),), "Maximum")
    values = _values(found.client("cloudwatch", found.output("originals_region")), [wanted], now)[0]
    return values[max(values)] if values else None


def _values(client: Any, wanted: Sequence[Metric], now: datetime) -> list[dict[datetime, float]]:
    """Each minute's, for each metric."""
    queries = [
        {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": one.namespace,
                    "MetricName": one.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in one.dimensions],
                },
                "Period": 60,
                "Stat": one.statistic,
            },
        }
        for place, one in enumerate(wanted)
    ]
    found: list[dict[datetime, float]] = [{} for _ in wanted]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=now - _HOUR, EndTime=now
    )
    for page in pages:
        for one in page["MetricDataResults"]:
            found[int(one["Id"][1:])] |= dict(zip(one["Timestamps"], one["Values"], strict=True))
    return found


def _weighted(rates: dict[datetime, float], requests: dict[datetime, float]) -> float | None:
    """A quiet minute's rate counts for as little as its requests do."""
    minutes: Iterable[datetime] = [minute for minute in rates if requests.get(minute)]
    total = sum(requests[minute] for minute in minutes)
    return sum(rates[minute] * requests[minute] for minute in minutes) / total if total else None
