"""The bucket that access logs are delivered to."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.documents import Document, document, only_over_tls
from infra.storage.private_bucket import PrivateBucket

DISTRIBUTION: Final = "cloudfront"
"""The prefix of the distribution's own log; a bucket's is its name in the stack."""


class LogStore(pulumi.ComponentResource):
    """Only AWS writes there, for this account, and everything in it expires."""

    store: PrivateBucket

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        sources: dict[str, PrivateBucket],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`sources` are the buckets that are logged there too, by the name of what they hold."""
        super().__init__("infra:log_store:LogStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # With S3's own key: log files under another one could not be read.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        self.store = PrivateBucket(name, config=config, protect=config.protect, key=None, opts=child)

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.store.bucket.bucket,
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

        policy = log_policy(
            bucket=self.store.bucket.arn,
            account=aws.get_caller_identity_output().account_id,
            distribution=DISTRIBUTION,
            sources={holds: source.bucket.arn for holds, source in sources.items()},
        )
        aws.s3.BucketPolicy(
            name,
            bucket=self.store.bucket.bucket,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.store]),
        )

        self.register_outputs({"bucket": self.store.bucket.bucket})


def log_policy(
    *,
    bucket: pulumi.Input[str],
    account: pulumi.Input[str],
    distribution: str,
    sources: Mapping[str, pulumi.Input[str]],
) -> Document:
    """The log bucket's own: AWS writes there for this account, under `distribution` and under each source's name.

    The first statement is what AWS would add of itself if it were missing, for a prefix of our own.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    deliveries = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket, "/", distribution, "/*"),
        "Condition": {
            "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": pulumi.Output.concat("arn:aws:logs:us-east-1:", account, ":delivery-source:*")
            },
        },
    }
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    of_buckets = [
        {
            "Sid": f"LogOf{holds.capitalize()}",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(bucket, "/", holds, "/*"),
            "Condition": {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": account}},
        }
        for holds, source in sources.items()
    ]
    return document(deliveries, *of_buckets, only_over_tls("s3:*", [bucket, pulumi.Output.concat(bucket, "/*")]))
