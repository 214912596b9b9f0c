"""Who asked for what: the log of the distribution, and of the buckets where a stack wants it."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.delivery.distribution import Cdn
from infra.observability.log_bucket import DISTRIBUTION, LogStore
from infra.resource_tags import resource_tags
from infra.storage.private_bucket import PrivateBucket

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
            kept = LogStore(name, config=config, sources=sources, opts=pulumi.ResourceOptions(parent=self))
            self.bucket = kept.store.bucket.bucket
            # Nothing is delivered before the bucket's policy allows it.
            child = pulumi.ResourceOptions(parent=self, depends_on=[kept])
            _of_buckets(name, sources, kept.store, child)
            if config.access_logs != "none":
                _of_distribution(name, config, cdn, kept.store, child)
        self.register_outputs({})


def _of_buckets(
    name: str, sources: dict[str, PrivateBucket], store: PrivateBucket, child: pulumi.ResourceOptions
) -> None:
    for holds, source in sources.items():
        aws.s3.BucketLogging(
            f"{name}-{holds}",
            bucket=source.bucket.bucket,
            target_bucket=store.bucket.bucket,
            target_prefix=f"{holds}/",
            opts=child,
        )


def _of_distribution(
    name: str, config: StackConfig, cdn: Cdn, store: PrivateBucket, child: pulumi.ResourceOptions
) -> None:
    # A source, a destination and a delivery between them, all in us-east-1 wherever the bucket is.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    # There can be one source of a distribution, and one delivery from it to S3: a changed one goes before it comes.
    tags = resource_tags(config)
    alone = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(delete_before_replace=True))
    source = aws.cloudwatch.LogDeliverySource(
        name,
        region="us-east-1",
        log_type="ACCESS_LOGS",
        resource_arn=cdn.distribution.arn,
        tags=tags,
        opts=alone,
    )

    # A prefix of our own: CloudFront's is put in front at creation, and lost again at the first change.
    # https://github.com/hashicorp/terraform-provider-aws/issues/46328
    destination = aws.cloudwatch.LogDeliveryDestination(
        name,
        region="us-east-1",
        output_format=config.access_logs,
        delivery_destination_configuration={
            "destination_resource_arn": pulumi.Output.concat(store.bucket.arn, "/", DISTRIBUTION)
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
        opts=alone,
    )
