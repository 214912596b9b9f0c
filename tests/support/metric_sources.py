"""The metrics that AWS publishes for a stack, with the page that names each, and the fields of a log line.

A test fails if an alarm names a metric, a dimension or a field that is neither here nor declared by the program.
"""

from typing import Final, NamedTuple

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"


class Source(NamedTuple):
    """The metrics of one namespace that have the same dimensions."""

    namespace: str
    dimensions: frozenset[str]
    names: frozenset[str]
    page: str
    """The page that names the metrics, or the public material that shows them."""
    periods: tuple[int, ...] = (300, 900, 3600, 86_400)
    """The periods in seconds for which the metrics have enough data points."""


def _source(namespace: str, dimensions: str, names: str, page: str, **options: tuple[int, ...]) -> Source:
    return Source(namespace, frozenset(dimensions.split()), frozenset(names.split()), page, **options)


SOURCES: Final = (
    _source(
        "AWS/CloudFront",
        "DistributionId Region",
        "Requests BytesDownloaded BytesUploaded 4xxErrorRate 5xxErrorRate TotalErrorRate CacheHitRate OriginLatency",
        f"{_GUIDE}/programming-cloudwatch-metrics.html",
    ),
    # No page names these two. Dashboards that CloudFront's console exports contain them.
    _source(
        "AWS/CloudFront",
        "DistributionId Region",
        "LambdaExecutionError LambdaValidationError",
        "https://github.com/awsdocs/amazon-cloudfront-developer-guide/issues/73",
    ),
    _source(
        "AWS/CloudFront",
        "FunctionName Region",
        "FunctionInvocations FunctionValidationErrors FunctionExecutionErrors FunctionThrottles"
        " FunctionComputeUtilization",
        f"{_GUIDE}/monitoring-functions.html",
    ),
    # The name of a replica, us-east-1.NAME, is not documented: https://github.com/aws/aws-cdk/issues/5449
    _source(
        "AWS/Lambda",
        "FunctionName",
        "Invocations Errors Duration Throttles ConcurrentExecutions",
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    ),
    _source(
        "AWS/Lambda",
        "",
        "ConcurrentExecutions ClaimedAccountConcurrency UnreservedConcurrentExecutions Throttles",
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html",
    ),
    _source(
        "AWS/SQS",
        "QueueName",
        "ApproximateNumberOfMessagesVisible ApproximateAgeOfOldestMessage",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    ),
    _source(
        "AWS/S3",
        "BucketName FilterId",
        "AllRequests PutRequests PostRequests 4xxErrors 5xxErrors",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
    ),
    _source(
        "AWS/S3",
        "BucketName StorageType",
        "BucketSizeBytes NumberOfObjects",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
        periods=(86_400,),
    ),
    _source(
        "AWS/WAFV2",
        "WebACL Rule",
        "AllowedRequests BlockedRequests CountedRequests",
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    ),
    _source(
        "AWS/CertificateManager",
        "CertificateArn",
        "DaysToExpiry",
        "https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html",
        periods=(86_400,),
    ),
    _source(
        "AWS/Billing",
        "Currency",
        "EstimatedCharges",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
        periods=(21_600,),
    ),
)

ADDITIONAL: Final = frozenset({"CacheHitRate", "OriginLatency"})
"""The metrics that CloudFront publishes only with a monitoring subscription."""

LOG_FIELDS: Final = frozenset(
    {
        *("request", "outcome", "reason", "adjustment", "key", "query", "method", "status", "origin_status"),
        *("bytes_in", "bytes_out", "pixels_in", "pixels_out", "format_in", "format_out", "quality", "quality_steps"),
        *("ms.function", "cold", "pipeline", "detail", "traceback"),
    }
)
"""The fields of a log line of the edge function that metric filters and insight rules may use."""


def find_source(namespace: str, dimensions: dict[str, str], name: str) -> Source | None:
    """Return the source of a metric of AWS, or None if no source has the metric with these dimensions."""
    return next(
        (
            source
            for source in SOURCES
            if (source.namespace, source.dimensions) == (namespace, frozenset(dimensions)) and name in source.names
        ),
        None,
    )
