"""The dashboard of the application: business, edge function, CDN, queues and buckets, in this order."""

import json
from collections.abc import Iterator

from common.contract import PROJECT
from common.log_queries import LOG_QUERIES
from infra.observability.dashboards.buckets import bucket_rows
from infra.observability.dashboards.cdn import cdn_rows
from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.edge import edge_rows
from infra.observability.dashboards.images import image_rows
from infra.observability.dashboards.widgets import Widget, arrange, graph, metric, text


def application_body(context: DashboardContext) -> str:
    """Return the body of the dashboard as JSON."""
    rows = [
        [text(_introduction(context), height=4)],
        *image_rows(context),
        *edge_rows(context),
        *cdn_rows(context),
        *_queue_rows(context),
        *bucket_rows(context),
    ]
    return json.dumps({"start": "-PT3H", "periodOverride": "inherit", "widgets": [*arrange(rows)]})


def _introduction(context: DashboardContext) -> str:
    queries = ", ".join(
        "[{title}]({url})".format(
            title=f"{query.title} ({query.name})",
            url=f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:logs-insights",
        )
        for region in context.edge_regions[:1]
        for query in LOG_QUERIES
    )
    regions = ", ".join(context.edge_regions)
    return (
        f"# {PROJECT} {context.stack}\n"
        f"The edge function runs in {regions}. A red line is the threshold of an alarm. "
        f"`python -m ops status --stack {context.stack}` shows which alarms are on.\n\n"
        f"**Queries** in the folder {PROJECT}/{context.stack} of Logs Insights: {queries}. "
        f"`python -m ops logs --stack {context.stack}` runs them in all Regions."
    )


def _queue_rows(context: DashboardContext) -> Iterator[list[Widget]]:
    runbooks = ", ".join(context.runbook(alarm) for alarm in ("message-age", "dead-letters"))
    yield [text(f"## Queues\nRunbooks: {runbooks}", height=2)]
    visible = "ApproximateNumberOfMessagesVisible"
    letters = context.queue_metric(visible, context.dead_letter_queue)
    yield [
        graph(
            "Age of the oldest message",
            [
                metric(
                    context.queue_metric("ApproximateAgeOfOldestMessage", context.queue),
                    stat="Maximum",
                    label="oldest message",
                )
            ],
            region=context.region,
            unit="seconds",
            limits=[context.limit("messageAge", "s")],
        ),
        graph(
            "Messages in the queue",
            [metric(context.queue_metric(visible, context.queue), stat="Maximum", label="visible messages")],
            region=context.region,
            unit="messages",
        ),
        graph(
            "Dead letters",
            [metric(letters, stat="Maximum", label="visible dead letters")],
            region=context.region,
            unit="messages",
            limits=[context.limit("deadLetters", "messages")],
        ),
    ]
