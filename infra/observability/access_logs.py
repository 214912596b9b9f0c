"""The access logs of the distribution and, if configured, of the image buckets."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Distribution
from infra.observability.log_bucket import DISTRIBUTION_PREFIX, LogBucket
from infra.resource_tags import resource_tags
from infra.storage.private_bucket import PrivateBucket

FIELDS: Final = (
    *("timestamp(ms)", "x-edge-request-id", "x-edge-location", "c-country", "cs-protocol-version"),
    *("cs-method", "x-host-header", "cs-uri-stem", "cs-uri-query", "cache-behavior-path-pattern"),
    *("sc-status", "sc-content-type", "sc-content-len", "sc-bytes"),
    *("x-edge-result-type", "x-edge-response-result-type", "x-edge-detailed-result-type"),
    *("time-taken", "time-to-first-byte", "origin-fbl", "origin-lbl"),
)
"""The fields of the log: the request, its result and its duration.

No field identifies the viewer: no address, cookie, referrer or browser.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""


class AccessLogs(pulumi.ComponentResource):
    """The configured access logs, all in one bucket. The component is empty for a stack without access logs."""

    bucket_name: pulumi.Output[str] | None = None

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        distribution: Distribution,
        buckets: dict[str, PrivateBucket],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the logs. `buckets` are the image buckets by the name of their content, such as `originals`."""
        super().__init__("infra:observability/access_logs:AccessLogs", name, None, opts)
        logged_buckets = buckets if config.bucket_logs else {}
        if logged_buckets or config.access_logs != "none":
            log_bucket = LogBucket(
                name, config=config, logged_buckets=logged_buckets, opts=pulumi.ResourceOptions(parent=self)
            )
            self.bucket_name = log_bucket.bucket.name
            # The policy of the log bucket must exist before AWS delivers a log.
            child = pulumi.ResourceOptions(parent=self, depends_on=[log_bucket])
            _log_buckets(name, logged_buckets, log_bucket.bucket, child)
            if config.access_logs != "none":
                _log_distribution(name, config, distribution, log_bucket.bucket, child)
        self.register_outputs({"bucket": self.bucket_name})


def _log_buckets(
    name: str, logged_buckets: dict[str, PrivateBucket], log_bucket: PrivateBucket, child: pulumi.ResourceOptions
) -> None:
    for content, bucket in logged_buckets.items():
        aws.s3.BucketLogging(
            f"{name}-{content}",
            bucket=bucket.name,
            target_bucket=log_bucket.name,
            target_prefix=f"{content}/",
            opts=child,
        )


def _log_distribution(
    name: str,
    config: StackConfig,
    distribution: Distribution,
    log_bucket: PrivateBucket,
    child: pulumi.ResourceOptions,
) -> None:
    # Standard logging needs a source, a destination and a delivery between them. All are in us-east-1, even if the
    # bucket is in another Region.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    # A distribution can have one source, and a source can have one delivery to S3, so Pulumi must delete the old source
    # or delivery before it creates a replacement.
    tags = resource_tags(config)
    delete_first = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(delete_before_replace=True))
    source = aws.cloudwatch.LogDeliverySource(
        name,
        region=GLOBAL_REGION,
        log_type="ACCESS_LOGS",
        resource_arn=distribution.arn,
        tags=tags,
        opts=delete_first,
    )

    # The destination contains a prefix. Without a prefix, the provider adds CloudFront's own prefix when it creates the
    # delivery, and loses that prefix at the first update.
    # https://github.com/hashicorp/terraform-provider-aws/issues/46328
    destination = aws.cloudwatch.LogDeliveryDestination(
        name,
        region=GLOBAL_REGION,
        output_format=config.access_logs,
        delivery_destination_configuration={
            "destination_resource_arn": pulumi.Output.concat(log_bucket.arn, "/", DISTRIBUTION_PREFIX)
        },
        tags=tags,
        opts=child,
    )

    aws.cloudwatch.LogDelivery(
        name,
        region=GLOBAL_REGION,
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        record_fields=[*FIELDS],
        s3_delivery_configurations=[{"suffix_path": "{yyyy}/{MM}/{dd}", "enable_hive_compatible_path": False}],
        tags=tags,
        opts=delete_first,
    )
