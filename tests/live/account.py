"""Calls of AWS that only read: log lines of the edge function, metrics, the firewall and the budget."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.stack import Stack


def client(stack: Stack, service: str, region: str = "us-east-1") -> Any:
    """Return a client of AWS, or of the simulated AWS of the local engine."""
    local = stack.environment
    session = boto3.Session(
        aws_access_key_id=local.get("AWS_ACCESS_KEY_ID"), aws_secret_access_key=local.get("AWS_SECRET_ACCESS_KEY")
    )
    config = Config(connect_timeout=5, read_timeout=30)
    return session.client(service, region_name=region, endpoint_url=local.get("AWS_ENDPOINT_URL"), config=config)  # pyright: ignore


@contextmanager
def skipped_if_refused() -> Iterator[None]:
    """Skip the test if AWS refuses a call. The reason contains no ARN and no account number."""
    try:
        yield
    except ClientError as error:
        pytest.skip(f"AWS refused {error.operation_name}: {error.response.get('Error', {}).get('Code')}")
    except BotoCoreError as error:
        pytest.skip(f"AWS could not be called: {type(error).__name__}")


def read_log_events(stack: Stack, pattern: str = "") -> dict[str, list[str]]:
    """Return the messages of the edge function in the last hour, by Region. At most 100 of each Region."""
    started = datetime.now(UTC) - timedelta(hours=1)
    group = stack.output("edge_log_group")
    messages: dict[str, list[str]] = {}
    for region in stack.outputs["edge_log_regions"]:
        events = client(stack, "logs", region).filter_log_events(
            logGroupName=group, startTime=int(started.timestamp() * 1000), filterPattern=pattern, limit=100
        )["events"]
        messages[region] = [event["message"] for event in events]
    return messages


def parse_renders(messages: list[str]) -> list[dict[str, Any]]:
    """Return the log lines of renders: JSON objects with the milliseconds of the phase `encode`."""
    lines: list[dict[str, Any]] = []
    for message in messages:
        try:
            line = json.loads(message)
        except ValueError:
            continue
        if isinstance(line, dict) and "encode" in (line.get("ms") or {}):
            lines.append(line)
    return lines


def read_lambda_metrics(stack: Stack) -> list[str]:
    """Return the names of CloudFront's metrics of Lambda@Edge that have data for the distribution."""
    dimensions = [{"Name": "DistributionId", "Value": stack.output("distribution_id")}]
    pages = client(stack, "cloudwatch").get_paginator("list_metrics")
    metrics = pages.paginate(Namespace="AWS/CloudFront", Dimensions=dimensions)
    return sorted(
        {item["MetricName"] for page in metrics for item in page["Metrics"] if "Lambda" in item["MetricName"]}
    )


def read_replica_metrics(stack: Stack) -> dict[str, list[str]]:
    """Return the names of Lambda's metrics of the edge function by the Region of the replica."""
    dimensions = [{"Name": "FunctionName", "Value": f"us-east-1.{stack.output('edge_function_name')}"}]
    names: dict[str, list[str]] = {}
    for region in stack.outputs["edge_log_regions"]:
        pages = client(stack, "cloudwatch", region).get_paginator("list_metrics")
        metrics = pages.paginate(Namespace="AWS/Lambda", Dimensions=dimensions)
        names[region] = sorted({item["MetricName"] for page in metrics for item in page["Metrics"]})
    return names


def read_firewall_capacity(stack: Stack) -> int:
    """Return the capacity units of the firewall. `firewall_arn` ends in `<scope>/webacl/<name>/<id>`."""
    name, id_ = stack.output("firewall_arn").split("/")[-2:]
    return client(stack, "wafv2").get_web_acl(Name=name, Scope="CLOUDFRONT", Id=id_)["WebACL"]["Capacity"]


def read_budget(stack: Stack) -> dict[str, Any]:
    """Return the budget of the stack."""
    account = stack.output("edge_function_arn").split(":")[4]
    return client(stack, "budgets").describe_budget(AccountId=account, BudgetName=stack.output("budget_name"))["Budget"]
