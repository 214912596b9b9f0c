"""Serve a stack with the local engine for a run without options, with what the engine itself does not create."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ops.aws.stack import Stack
from tests.live.account import client
from tests.support.served_stack import serve_stack

_STACK: Final = "staging"
"""The stack, because it has a key, a firewall and a budget, and `dev` has not."""
_INIT_LINE: Final = (
    "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:0"
)
"""A line as Lambda writes it when it starts a sandbox."""


@contextmanager
def serve_own_stack(images: Path) -> Iterator[Stack]:
    """Serve a stack with the originals in the folder `images`, as `python -m ops --local` sees it."""
    with serve_stack(images, stack=_STACK) as served:
        running = served.running
        endpoints = {"AWS_ENDPOINT_URL": running.cloud.url, "AWS_ENDPOINT_URL_CLOUDFRONT": running.url}
        outputs = running.program.outputs | {"url": running.url}
        stack = Stack(name=_STACK, outputs=outputs, environment=running.cloud.credentials | endpoints)
        outputs["firewall_arn"] = create_firewall_and_budget(stack)
        write_init_line(stack)
        yield stack


def create_firewall_and_budget(stack: Stack) -> str:
    """Create what the engine only records, so that each question calls AWS's API. Return the ARN of the firewall."""
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "firewall"}
    firewall = client(stack, "wafv2").create_web_acl(
        Name="firewall", Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=visibility, Rules=[]
    )
    amount = {"Amount": "50", "Unit": "USD"}
    budget = {"BudgetName": stack.output("budget_name"), "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    account = stack.output("edge_function_arn").split(":")[4]
    client(stack, "budgets").create_budget(AccountId=account, Budget={**budget, "BudgetLimit": amount})
    return firewall["Summary"]["ARN"]


def write_init_line(stack: Stack) -> None:
    """Write the line of a new sandbox into the log group of the edge function, to which the engine sends the others."""
    group, event = stack.output("edge_log_group"), {"timestamp": int(time.time() * 1000), "message": _INIT_LINE}
    for region in stack.outputs["edge_log_regions"]:
        logs = client(stack, "logs", region)
        logs.create_log_stream(logGroupName=group, logStreamName="init")
        logs.put_log_events(logGroupName=group, logStreamName="init", logEvents=[event])
