"""The metrics that CloudWatch Logs counts from the log lines of the edge function, in each Region where it runs."""

import re
from typing import Final, NamedTuple

import pulumi
import pulumi_aws as aws

from infra.delivery.edge_function import EdgeFunction


class LogMetric(NamedTuple):
    """A metric, and the log lines from which it is counted."""

    name: str
    pattern: str
    """Which log lines count. docs/operations.md describes the fields of a line.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    value: str = "1"
    """What a line adds: a number, or the field that has the number."""
    unit: str = "Count"
    dimension: str = ""
    """The field whose values are a dimension of the same name, or an empty text for a metric without dimensions."""

    @property
    def resource_name(self) -> str:
        """The name in the form of Pulumi's names: `images-processed` for `ImagesProcessed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.name).lower()


_MADE: Final = '($.outcome = "rendered") || ($.outcome = "redirected")'

LOG_METRICS: Final = (
    LogMetric("ImagesProcessed", f"{{ {_MADE} }}"),
    # A missing original and a wrong query are mistakes of viewers. The rate of 4xx responses shows them.
    LogMetric(
        "ImagesRejected",
        '{ ($.outcome = "rejected") && ($.reason != "no-original") && ($.reason != "bad-query") }',
    ),
    LogMetric("RejectionsByReason", '{ ($.outcome = "rejected") && ($.reason = "*") }', dimension="reason"),
    LogMetric("RenderFailures", '{ $.outcome = "failed" }'),
    LogMetric(
        "ProcessingDuration",
        f"{{ ({_MADE}) && ($.ms.function >= 0) }}",
        value="$.ms.function",
        unit="Milliseconds",
    ),
    LogMetric("BytesIn", f"{{ ({_MADE}) && ($.bytes_in >= 0) }}", value="$.bytes_in", unit="Bytes"),
    LogMetric("BytesOut", f"{{ ({_MADE}) && ($.bytes_out >= 0) }}", value="$.bytes_out", unit="Bytes"),
    LogMetric("ColdStarts", "{ $.cold IS TRUE }"),
)
"""The metrics. Their namespace is `metrics_namespace()`."""


def metrics_namespace() -> str:
    """Return the namespace of the stack's own metrics."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"


class MetricFilters(pulumi.ComponentResource):
    """The metric filters of the edge function's log group in one Region."""

    def __init__(
        self,
        name: str,
        *,
        region: str,
        edge_function: EdgeFunction,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:observability/metric_filters:MetricFilters", name, None, opts)
        for metric in LOG_METRICS:
            aws.cloudwatch.LogMetricFilter(
                f"{metric.resource_name}-{region}",
                region=region,
                log_group_name=edge_function.log_group,
                pattern=metric.pattern,
                metric_transformation=_transformation(metric),
                # The log groups are a part of the edge function.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[edge_function]),
            )
        self.register_outputs({})


def _transformation(metric: LogMetric) -> aws.cloudwatch.LogMetricFilterMetricTransformationArgsDict:
    transformation: aws.cloudwatch.LogMetricFilterMetricTransformationArgsDict = {
        "name": metric.name,
        "namespace": metrics_namespace(),
        "value": metric.value,
        "unit": metric.unit,
    }
    if metric.dimension:
        transformation["dimensions"] = {metric.dimension: f"$.{metric.dimension}"}
    elif metric.value == "1":
        # A count is 0 if other lines arrive. CloudWatch accepts no default for a metric with dimensions, and a default
        # would lower the percentiles of durations and sizes.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
        transformation["default_value"] = "0"
    return transformation
