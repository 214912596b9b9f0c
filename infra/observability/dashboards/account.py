"""The dashboard of the account: what the stack shares with everything else in the account."""

import json
from collections.abc import Iterator
from typing import Final

from infra.config.regions import GLOBAL_REGION
from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.widgets import Limit, Metric, Widget, arrange, graph, metric, numbers, text

_QUOTA: Final = 1000
"""Lambda's default quota of concurrent executions of an account in a Region."""
_HOURS_6: Final = 21_600
_RUNBOOKS: Final = ("edge-concurrency", "edge-throttles", "blocked-requests-band")


def account_body(context: DashboardContext) -> str:
    """Return the body of the dashboard as JSON."""
    introduction = (
        f"# Account of the stack {context.stack}\n"
        "All functions of the account share the concurrency of a Region. The red line is the threshold of the alarm "
        f"for the default quota of {_QUOTA:,}. The cost is that of the whole account.\n\n"
        f"Runbooks: {', '.join(map(context.runbook, _RUNBOOKS))}"
    )
    rows = [[text(introduction, height=4)], *_concurrency(context), *_firewall(context), *_cost()]
    return json.dumps({"start": "-PT3H", "periodOverride": "inherit", "widgets": [*arrange(rows)]})


def _concurrency(context: DashboardContext) -> Iterator[list[Widget]]:
    percent = context.thresholds["edgeConcurrency"]
    limit = Limit(label=f"alarm: {percent:g} % of the default quota", value=_QUOTA * percent / 100)
    region = context.edge_regions[0]
    yield [
        graph(
            "Concurrent executions of all functions",
            _of_account(context, "ConcurrentExecutions", "Maximum"),
            region=region,
            unit="executions",
            limits=[limit],
        ),
        graph(
            "Unreserved concurrent executions",
            _of_account(context, "UnreservedConcurrentExecutions", "Maximum"),
            region=region,
            unit="executions",
            limits=[limit],
        ),
        graph(
            "Throttles of all functions",
            _of_account(context, "Throttles", "Sum"),
            region=region,
            unit="per 5 minutes",
        ),
    ]


def _of_account(context: DashboardContext, name: str, stat: str) -> list[list[object]]:
    """Return a metric of all functions of the account, which has no dimension, in the Regions of the edge function."""
    return [
        metric(Metric(namespace="AWS/Lambda", name=name, dimensions=(), region=region), stat=stat, label=region)
        for region in context.edge_regions
    ]


def _firewall(context: DashboardContext) -> Iterator[list[Widget]]:
    if context.web_acl:
        yield [
            graph(
                f"Requests that WAF {verb}",
                [metric(context.firewall_metric(name, rule), stat="Sum", label=rule) for rule in rules],
                region=GLOBAL_REGION,
                unit="per 5 minutes",
                width=8,
                stacked=stacked,
            )
            for verb, name, rules, stacked in (
                ("blocked, by rule", "BlockedRequests", context.firewall_rules, True),
                ("counted, by rule", "CountedRequests", context.firewall_rules, True),
                ("allowed", "AllowedRequests", ("ALL",), False),
            )
        ]


def _cost() -> Iterator[list[Widget]]:
    charges = Metric(
        namespace="AWS/Billing", name="EstimatedCharges", dimensions=(("Currency", "USD"),), region=GLOBAL_REGION
    )
    entries = [metric(charges, stat="Maximum", label="USD since the first of the month")]
    yield [
        numbers("Month-to-date cost of the account", entries, region=GLOBAL_REGION, width=8, height=6, start="-P1D"),
        graph(
            "Month-to-date cost in the last 30 days",
            entries,
            region=GLOBAL_REGION,
            unit="USD",
            width=16,
            period=_HOURS_6,
            start="-P30D",
        ),
    ]
