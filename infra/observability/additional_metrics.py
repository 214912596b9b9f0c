"""The metrics that CloudFront and S3 publish only on request, and for a price."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution
from infra.storage.originals import Originals


class AdditionalMetrics(pulumi.ComponentResource):
    """The hit rate and the origin latency of the distribution, and the requests to the originals bucket."""

    request_metrics: pulumi.Output[str] | None = None
    """The id of the request metrics, which is a dimension of each of them. None without request metrics."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        distribution: Distribution,
        originals: Originals,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:observability/additional_metrics:AdditionalMetrics", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if config.additional_metrics:
            # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html
            aws.cloudfront.MonitoringSubscription(
                name,
                distribution_id=distribution.id,
                monitoring_subscription={
                    "realtime_metrics_subscription_config": {"realtime_metrics_subscription_status": "Enabled"}
                },
                opts=child,
            )
        if config.request_metrics:
            # Without a filter, the metrics contain all requests to the bucket.
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
            bucket_metric = aws.s3.BucketMetric("originals", bucket=originals.bucket.name, opts=child)
            self.request_metrics = bucket_metric.name
        self.register_outputs({})
