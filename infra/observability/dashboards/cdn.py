"""The part of the dashboard about the distribution and the viewer function, whose metrics are all in us-east-1."""

from collections.abc import Iterator
from typing import Final

from infra.config.regions import GLOBAL_REGION
from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.widgets import Limit, Widget, graph, metric, text

_RUNBOOKS: Final = ("server-error-rate", "client-error-rate", "hit-rate", "edge-validation-errors")
_UTILIZATION: Final = Limit(label="AWS advises a review: 80 %", value=80)
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-functions.html"""


def cdn_rows(context: DashboardContext) -> Iterator[list[Widget]]:
    """Yield the rows of widgets."""
    yield [text(f"## CDN\nRunbooks: {', '.join(map(context.runbook, _RUNBOOKS))}", height=2)]
    yield [
        _graph(context, "Requests", {"Requests": "requests"}, "per 5 minutes", stat="Sum"),
        _graph(context, "Bytes to viewers", {"BytesDownloaded": "bytes"}, "per 5 minutes", stat="Sum"),
        _graph(
            context,
            "Error rates",
            {"4xxErrorRate": "4xx", "5xxErrorRate": "5xx"},
            "%",
            limits=[
                context.limit("clientErrorRate", "% of 4xx"),
                context.limit("serverErrorRate", "% of 5xx"),
            ],
        ),
    ]
    if context.additional_metrics:
        latency = context.distribution_metric("OriginLatency")
        yield [
            _graph(
                context,
                "Hit rate",
                {"CacheHitRate": "hit rate"},
                "%",
                width=12,
                maximum=100,
                limits=[context.limit("hitRate", "%", is_lower=True)],
            ),
            graph(
                "Origin latency on a cache miss",
                [metric(latency, stat=stat, label=stat) for stat in ("p50", "p90", "p99")],
                region=GLOBAL_REGION,
                unit="ms",
                width=12,
            ),
        ]
    yield [
        graph(
            "Errors of the viewer function",
            [
                metric(context.viewer_function_metric(name), stat="Sum", label=label)
                for name, label in (
                    ("FunctionExecutionErrors", "exceptions"),
                    ("FunctionValidationErrors", "invalid results"),
                    ("FunctionThrottles", "throttles"),
                )
            ],
            region=GLOBAL_REGION,
            unit="per 5 minutes",
            limits=[context.limit("edgeValidationErrors", "errors")],
        ),
        graph(
            "Utilization of the viewer function",
            [
                metric(
                    context.viewer_function_metric("FunctionComputeUtilization"),
                    stat="Average",
                    label="part of the permitted time",
                )
            ],
            region=GLOBAL_REGION,
            unit="%",
            maximum=100,
            limits=[_UTILIZATION],
        ),
        _graph(
            context,
            "Errors of the edge function at CloudFront",
            {"LambdaExecutionError": "execution errors", "LambdaValidationError": "validation errors"},
            "per 5 minutes",
            stat="Sum",
            limits=[context.limit("edgeValidationErrors", "errors")],
        ),
    ]


def _graph(
    context: DashboardContext,
    title: str,
    names: dict[str, str],
    unit: str,
    *,
    stat: str = "Average",
    width: int = 8,
    maximum: float | None = None,
    limits: list[Limit] | None = None,
) -> Widget:
    """Return a graph of metrics of the distribution, given by their names and labels."""
    entries = [metric(context.distribution_metric(name), stat=stat, label=label) for name, label in names.items()]
    return graph(title, entries, region=GLOBAL_REGION, unit=unit, width=width, maximum=maximum, limits=limits or [])
