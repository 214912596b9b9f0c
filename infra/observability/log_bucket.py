"""The bucket of the access logs."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.documents import Document, document, only_over_tls
from infra.storage.private_bucket import PrivateBucket

DISTRIBUTION_PREFIX: Final = "cloudfront"
"""The prefix of the distribution's log. The prefix of a bucket's log is the bucket's key in `logged_buckets`."""


class LogBucket(pulumi.ComponentResource):
    """A bucket whose policy lets only AWS write, on behalf of this account, and whose objects all expire."""

    bucket: PrivateBucket

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        logged_buckets: dict[str, PrivateBucket],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket for the logs of the distribution and of `logged_buckets`.

        The keys of `logged_buckets` are `originals` and `renditions`.
        """
        super().__init__("infra:observability/log_bucket:LogBucket", name, None, opts)
        child_options = pulumi.ResourceOptions(parent=self)

        # S3's own key encrypts the logs, because S3 delivers no access logs to a bucket that a KMS key encrypts.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        self.bucket = PrivateBucket(name, config=config, protect=config.protect, key_arn=None, opts=child_options)

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.name,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": config.access_log_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=child_options,
        )

        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = log_bucket_policy(
            bucket=self.bucket.arn,
            account=caller.account_id,
            logged_buckets={label: bucket.arn for label, bucket in logged_buckets.items()},
        )
        aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.name,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.bucket]),
        )

        self.register_outputs({"bucket": self.bucket.name})


def log_bucket_policy(
    *, bucket: pulumi.Input[str], account: pulumi.Input[str], logged_buckets: Mapping[str, pulumi.Input[str]]
) -> Document:
    """Return the policy of the log bucket: AWS may write each log of this account below the prefix of that log.

    AWS would add the first statement itself if the policy did not contain it. The statement of this policy also limits
    the prefix.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    distribution_log = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket, "/", DISTRIBUTION_PREFIX, "/*"),
        "Condition": {
            "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": pulumi.Output.concat("arn:aws:logs:us-east-1:", account, ":delivery-source:*")
            },
        },
    }
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    bucket_logs = [
        {
            "Sid": f"LogOf{label.capitalize()}",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(bucket, "/", label, "/*"),
            "Condition": {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": account}},
        }
        for label, source in logged_buckets.items()
    ]
    return document(distribution_log, *bucket_logs, only_over_tls("s3:*", [bucket, pulumi.Output.concat(bucket, "/*")]))
