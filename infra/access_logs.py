"""Who asked for what: the log of the distribution, and of the buckets where a stack wants it."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.cdn import Cdn
from infra.config import StackConfig
from infra.private_bucket import PrivateBucket
from infra.resource_tags import resource_tags

FIELDS: Final = (
    *("timestamp(ms)", "x-edge-request-id", "x-edge-location", "c-country", "cs-protocol-version"),
    *("cs-method", "x-host-header", "cs-uri-stem", "cs-uri-query", "cache-behavior-path-pattern"),
    *("sc-status", "sc-content-type", "sc-content-len", "sc-bytes"),
    *("x-edge-result-type", "x-edge-response-result-type", "x-edge-detailed-result-type"),
    *("time-taken", "time-to-first-byte", "origin-fbl", "origin-lbl"),
)
"""What was asked, what came of it, and how long it took; not by whom: no address, cookie, referrer or browser.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

_FROM_CLOUDFRONT: Final = "cloudfront"


class AccessLogs(pulumi.ComponentResource):
    """One bucket for all of them; empty for a stack that wants none."""

    bucket: pulumi.Output[str] | None = None
    """Its name."""

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        cdn: Cdn,
        stores: dict[str, PrivateBucket],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`stores` by the name of what they hold."""
        super().__init__("infra:access_logs:AccessLogs", name, None, opts)
        sources = stores if config.bucket_logs else {}
        if sources or config.access_logs != "none":
            store = self._kept(name, config)
            written = self._allowed(name, store, sources)
            self._of_buckets(name, store, sources, written)
            if config.access_logs != "none":
                self._of_distribution(name, config, store, cdn, written)
            self.bucket = store.bucket.bucket
        self.register_outputs({})

    def _kept(self, name: str, config: StackConfig) -> PrivateBucket:
        child = pulumi.ResourceOptions(parent=self)

        # With S3's own key: log files under another one could not be read.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        store = PrivateBucket(name, config=config, protect=config.protect, key=None, opts=child)

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=store.bucket.bucket,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": config.access_log_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=child,
        )
        return store

    def _allowed(self, name: str, store: PrivateBucket, sources: dict[str, PrivateBucket]) -> aws.s3.BucketPolicy:
        document = policies.log_store(
            bucket=store.bucket.arn,
            account=aws.get_caller_identity_output().account_id,
            distributions=_FROM_CLOUDFRONT,
            sources={holds: source.bucket.arn for holds, source in sources.items()},
        )
        return aws.s3.BucketPolicy(
            name,
            bucket=store.bucket.bucket,
            policy=pulumi.Output.json_dumps(document),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )

    def _of_buckets(
        self, name: str, store: PrivateBucket, sources: dict[str, PrivateBucket], written: aws.s3.BucketPolicy
    ) -> None:
        for holds, source in sources.items():
            aws.s3.BucketLogging(
                f"{name}-{holds}",
                bucket=source.bucket.bucket,
                target_bucket=store.bucket.bucket,
                target_prefix=f"{holds}/",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[written]),
            )

    def _of_distribution(
        self, name: str, config: StackConfig, store: PrivateBucket, cdn: Cdn, written: aws.s3.BucketPolicy
    ) -> None:
        child = pulumi.ResourceOptions(parent=self)
        tags = resource_tags(config)

        # A source, a destination and a delivery between them, all in us-east-1 wherever the bucket is.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
        source = aws.cloudwatch.LogDeliverySource(
            name,
            region="us-east-1",
            log_type="ACCESS_LOGS",
            resource_arn=cdn.distribution.arn,
            tags=tags,
            opts=child,
        )

        # A prefix of our own: CloudFront's is put in front at creation, and lost again at the first change.
        destination = aws.cloudwatch.LogDeliveryDestination(
            name,
            region="us-east-1",
            output_format=config.access_logs,
            delivery_destination_configuration={
                "destination_resource_arn": pulumi.Output.concat(store.bucket.arn, "/", _FROM_CLOUDFRONT)
            },
            tags=tags,
            opts=child,
        )

        aws.cloudwatch.LogDelivery(
            name,
            region="us-east-1",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=[*FIELDS],
            s3_delivery_configurations=[{"suffix_path": "{yyyy}/{MM}/{dd}", "enable_hive_compatible_path": False}],
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[written]),
        )
