"""The part of the dashboard about the image buckets."""

from collections.abc import Iterator
from typing import Final

from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.widgets import Widget, graph, metric, text

_DAY: Final = 86_400
_HOUR: Final = 3600


def bucket_rows(context: DashboardContext) -> Iterator[list[Widget]]:
    """Yield the rows of widgets. S3 publishes the sizes once a day, for the day before."""
    runbooks = ", ".join(map(context.runbook, ("uploads-per-hour", "bucket-growth-band")))
    yield [text(f"## Buckets\nS3 publishes objects and bytes once a day. Runbooks: {runbooks}", height=2)]
    yield [
        _daily(context, "Objects", "NumberOfObjects", "AllStorageTypes", "objects"),
        _daily(context, "Bytes in the storage class STANDARD", "BucketSizeBytes", "StandardStorage", "bytes"),
    ]
    if context.request_metrics_filter:
        yield [
            graph(
                "Uploads of originals",
                [
                    metric(context.request_metric(name), stat="Sum", label=label)
                    for name, label in (("PutRequests", "PUT"), ("PostRequests", "POST"))
                ],
                region=context.region,
                unit="per hour",
                width=12,
                period=_HOUR,
                stacked=True,
                limits=[context.limit("uploadsPerHour", "requests an hour")],
            ),
            graph(
                "Errors of the originals bucket",
                [
                    metric(context.request_metric(name), stat="Sum", label=label)
                    for name, label in (("4xxErrors", "4xx"), ("5xxErrors", "5xx"))
                ],
                region=context.region,
                unit="per 5 minutes",
                width=12,
            ),
        ]


def _daily(context: DashboardContext, title: str, name: str, storage_type: str, unit: str) -> Widget:
    entries = [
        metric(context.storage_metric(name, bucket, storage_type), stat="Average", label=content)
        for content, bucket in context.buckets.items()
    ]
    return graph(title, entries, region=context.region, unit=unit, width=12, period=_DAY, start="-P14D")
