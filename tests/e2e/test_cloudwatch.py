"""The engine's CloudWatch: log lines, metrics and alarms that requests cause, through AWS's own APIs."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.edits import edited_statement
from tests.support.served_stack import ServedStack, serve_stack, wait_until

BANNER = "/arc_banner.png"


@pytest.fixture
def served(images: Path) -> Iterator[ServedStack]:
    """A stack of its own, so that the numbers of requests are known."""
    with serve_stack(images) as stack:
        yield stack


def log_group(stack: ServedStack, prefix: str) -> tuple[str, str]:
    """Return the Region and the name of the declared log group of a function in the Region where it runs."""
    declared = stack.running.program.of("aws:cloudwatch/logGroup:LogGroup")
    groups = [group for group in declared if group.outputs["name"].startswith(prefix)]
    (group,) = [group for group in groups if _has_streams(stack, group.outputs["region"], group.outputs["name"])]
    return group.outputs["region"], group.outputs["name"]


def _has_streams(stack: ServedStack, region: str, name: str) -> bool:
    return bool(stack.running.cloud.logs(region).describe_log_streams(logGroupName=name)["logStreams"])


def run_query(stack: ServedStack, region: str, group: str, query: str) -> list[dict[str, str]]:
    logs = stack.running.cloud.logs(region)
    now = int(time.time())
    id_ = logs.start_query(logGroupNames=[group], startTime=now - 3600, endTime=now + 60, queryString=query)["queryId"]
    results = logs.get_query_results(queryId=id_)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in results]


def statistic(stack: ServedStack, region: str, namespace: str, name: str, stat: str, **dimensions: str) -> float:
    """Return a statistic of the last hour."""
    metric: Any = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    end = datetime.now(UTC) + timedelta(minutes=1)
    results = stack.running.cloud.cloudwatch(region).get_metric_data(
        StartTime=end - timedelta(hours=1),
        EndTime=end,
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 7200, "Stat": stat}}],
    )
    (value,) = results["MetricDataResults"][0]["Values"]
    return value


def test_lines_of_the_edge_function_can_be_queried(served: ServedStack) -> None:
    served.get(f"{BANNER}?width=50")
    served.get("/text.jpg?width=50")
    # The end of the log can be behind the response.
    wait_until(lambda: sum('"key"' in line for line in served.logs) == 2)

    served.running.telemetry.flush()

    region, group = log_group(served, "/aws/lambda/us-east-1.")
    rows = run_query(served, region, group, "filter ispresent(key) | stats count(*) as lines by key | sort key asc")
    assert rows == [{"key": "arc_banner.png", "lines": "1"}, {"key": "text.jpg", "lines": "1"}]


def test_metrics_of_cloudfront_count_requests_and_errors(served: ServedStack) -> None:
    for path in (BANNER, BANNER, f"{BANNER}?width=0", "/none.png"):
        served.get(path)

    served.running.telemetry.flush()

    dimensions = {"DistributionId": served.running.distribution.id, "Region": "Global"}
    assert statistic(served, "us-east-1", "AWS/CloudFront", "Requests", "Sum", **dimensions) == 4
    assert statistic(served, "us-east-1", "AWS/CloudFront", "4xxErrorRate", "Average", **dimensions) == 50
    assert statistic(served, "us-east-1", "AWS/CloudFront", "5xxErrorRate", "Average", **dimensions) == 0


def test_metrics_of_the_edge_function_have_the_name_of_replicas(served: ServedStack) -> None:
    served.get(f"{BANNER}?width=50")

    served.running.telemetry.flush()

    region, group = log_group(served, "/aws/lambda/us-east-1.")
    name = group.removeprefix("/aws/lambda/")
    assert statistic(served, region, "AWS/Lambda", "Invocations", "Sum", FunctionName=name) == 1
    assert statistic(served, region, "AWS/Lambda", "Errors", "Sum", FunctionName=name) == 0
    assert statistic(served, region, "AWS/Lambda", "Duration", "p99", FunctionName=name) > 0


def test_function_without_permission_to_log_serves_and_stores_nothing(images: Path) -> None:
    edit = edited_statement("iam/rolePolicy", "edge-function", "WriteLogs", "Action", "logs:CreateLogGroup")
    with serve_stack(images, edits=[edit]) as stack:
        response = stack.get(f"{BANNER}?width=50")
        stack.running.telemetry.flush()

        assert response.status == 200
        assert [line for line in stack.logs if "is not stored" in line and "AccessDenied" in line]
