"""The quantities that monitoring needs: metrics, alarms, dashboards and queries of one stack.

The numbers follow from infra/observability/. A test compares them with what the program declares.
"""

from typing import Final

from ops.cost.assumptions import LOG_BYTES, Assumptions

METRICS_PER_REGION: Final = 16
"""The metrics from log lines in a Region: seven, and one for each of nine reasons to reject an original."""
CLOUDFRONT_METRICS: Final = 8
"""The additional metrics of a distribution.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html
"""
REQUEST_METRICS: Final = 16
"""The request metrics of a bucket, of which S3 publishes those that have a value.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
"""
ALARM_METRICS_PER_REGION: Final = 27
"""The metrics of the alarms on the edge function in a Region. An anomaly adds two for its band.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html
"""
ALARM_METRICS: Final = 13
"""The metrics of the other alarms that every stack with monitoring has: on the distribution 8, on uploads 5."""
HIT_RATE_ALARM_METRICS: Final = 2
FIREWALL_ALARM_METRICS: Final = 3
UPLOADS_ALARM_METRICS: Final = 2
QUERIED: Final = 10
"""How often an operator's queries read each byte of the log of the edge function in a month."""


def custom_metrics(assumptions: Assumptions) -> int:
    """Return the number of metrics that AWS bills as custom metrics."""
    return (
        METRICS_PER_REGION * assumptions.edge_regions
        + CLOUDFRONT_METRICS * assumptions.additional_metrics
        + REQUEST_METRICS * assumptions.request_metrics
    )


def alarm_metrics(assumptions: Assumptions) -> int:
    """Return the number of metrics of all metric alarms. An alarm on the certificate of a domain adds one."""
    return (
        ALARM_METRICS_PER_REGION * assumptions.edge_regions
        + ALARM_METRICS
        + HIT_RATE_ALARM_METRICS * assumptions.additional_metrics
        + FIREWALL_ALARM_METRICS * assumptions.firewall
        + UPLOADS_ALARM_METRICS * assumptions.request_metrics
    )


def composite_alarms(assumptions: Assumptions) -> int:
    """Return the number of composite alarms: one for each Region of the edge function, the distribution and uploads."""
    return assumptions.edge_regions + 2


def topic_keys(assumptions: Assumptions) -> int:
    """Return the number of KMS keys of topics: one for each Region that has alarms, or only one for the budget."""
    if assumptions.encryption != "kms":
        return 0
    if not assumptions.monitoring:
        return 1
    # With one Region, the edge function runs in the Region of the buckets; otherwise us-east-1 is one of its Regions.
    return assumptions.edge_regions + (assumptions.edge_regions == 1 and assumptions.region != "us-east-1")


def queried_gigabytes(assumptions: Assumptions) -> float:
    """Return the GB that Logs Insights scans."""
    return assumptions.misses * LOG_BYTES / 1e9 * QUERIED
