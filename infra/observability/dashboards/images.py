"""The part of the dashboard about the images: their number, rejections and durations, and the bytes that they save."""

from collections.abc import Iterator
from typing import Final

from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.widgets import Entry, Widget, expression, graph, metric, numbers, text

REASONS: Final = (
    *("bad-query", "no-original", "too-many-bytes", "too-many-pixels", "too-many-frames"),
    *("too-slow", "too-much-memory", "unknown-format", "broken"),
)
"""The reasons for which the edge function rejects a request."""
_PERIODS_OF_AN_HOUR: Final = 12
_RUNBOOKS: Final = ("rejected-share", "processing-duration", "images-per-hour", "duration-band", "renders-per-original")


def image_rows(context: DashboardContext) -> Iterator[list[Widget]]:
    """Yield the rows of widgets."""
    region = context.edge_regions[0]
    yield [text(f"## Images\nRunbooks: {', '.join(map(context.runbook, _RUNBOOKS))}", height=2)]
    if len(context.edge_regions) == 1:
        yield [numbers("Images in the shown period", _totals(context), region=region)]
    yield [
        graph(
            "Images processed",
            _by_region(context, "ImagesProcessed", "Sum"),
            region=region,
            unit="per 5 minutes",
            # Each Region has its own alarm, so the lines of several Regions are not added up.
            stacked=len(context.edge_regions) == 1,
            limits=[context.limit("imagesPerHour", "images an hour", factor=1 / _PERIODS_OF_AN_HOUR)],
        ),
        graph(
            "Images rejected by reason" if len(context.edge_regions) == 1 else "Images rejected by Region",
            _rejections(context),
            region=region,
            unit="per 5 minutes",
            stacked=True,
        ),
        graph(
            "Share of rejected images",
            _rejected_share(context),
            region=region,
            unit="%",
            limits=[context.limit("rejectedShare", "%")],
        ),
    ]
    yield [
        graph(
            "Processing duration",
            _durations(context),
            region=region,
            unit="ms",
            width=12,
            limits=[context.limit("processingDuration", "ms")],
        ),
        graph(
            "Bytes saved, compared with the originals",
            _bytes_saved(context),
            region=region,
            unit="per 5 minutes",
            width=12,
            stacked=True,
        ),
    ]


def _by_region(context: DashboardContext, name: str, stat: str) -> list[Entry]:
    return [metric(context.image_metric(name, region), stat=stat, label=region) for region in context.edge_regions]


def _totals(context: DashboardContext) -> list[Entry]:
    region = context.edge_regions[0]
    counts = {"ImagesProcessed": "processed", "ImagesRejected": "rejected", "RenderFailures": "failed"}
    return [
        *(metric(context.image_metric(name, region), stat="Sum", label=label) for name, label in counts.items()),
        metric(context.image_metric("BytesIn", region), stat="Sum", label="bytes of originals"),
        metric(context.image_metric("BytesOut", region), stat="Sum", label="bytes of renditions"),
    ]


def _rejections(context: DashboardContext) -> list[Entry]:
    """Return a line for each reason, or for each Region if there are several: 117 lines would not be readable."""
    region = context.edge_regions[0]
    if len(context.edge_regions) > 1:
        return _by_region(context, "ImagesRejected", "Sum")
    return [
        metric(context.image_metric("RejectionsByReason", region, reason=reason), stat="Sum", label=reason)
        for reason in REASONS
    ]


def _rejected_share(context: DashboardContext) -> list[Entry]:
    entries: list[Entry] = []
    for index, region in enumerate(context.edge_regions):
        processed, rejected = f"processed{index}", f"rejected{index}"
        for name, id_ in (("ImagesProcessed", processed), ("ImagesRejected", rejected)):
            entries.append(metric(context.image_metric(name, region), stat="Sum", label=name, id_=id_, visible=False))
        share = f"100 * FILL({rejected}, 0) / (FILL({processed}, 0) + FILL({rejected}, 0))"
        entries.append(expression(share, label=region, id_=f"share{index}"))
    return entries


def _durations(context: DashboardContext) -> list[Entry]:
    """Return the percentiles of the only Region, or one percentile of each Region."""
    statistics = ("p50", "p90", "p99") if len(context.edge_regions) == 1 else ("p99",)
    return [
        metric(
            context.image_metric("ProcessingDuration", region),
            stat=statistic,
            label=statistic if len(context.edge_regions) == 1 else f"{statistic} {region}",
        )
        for region in context.edge_regions
        for statistic in statistics
    ]


def _bytes_saved(context: DashboardContext) -> list[Entry]:
    entries: list[Entry] = []
    for index, region in enumerate(context.edge_regions):
        for name, id_ in (("BytesIn", f"in{index}"), ("BytesOut", f"out{index}")):
            entries.append(metric(context.image_metric(name, region), stat="Sum", label=name, id_=id_, visible=False))
        entries.append(expression(f"in{index} - out{index}", label=region, id_=f"saved{index}"))
    return entries
