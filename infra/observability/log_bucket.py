"""The bucket of the access logs."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam import policies
from infra.storage.private_bucket import PrivateBucket, encrypt_objects

DISTRIBUTION_PREFIX: Final = "cloudfront"
"""The prefix of the distribution's log. The prefix of a bucket's log is the name of the bucket's content."""


class LogBucket(pulumi.ComponentResource):
    """A bucket to which only AWS writes, on behalf of this account, and in which every object expires."""

    bucket: PrivateBucket

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        logged_buckets: dict[str, PrivateBucket],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket. `logged_buckets` are the buckets that S3 logs, by the prefix of their log."""
        super().__init__("infra:observability/log_bucket:LogBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.bucket = PrivateBucket(name, config=config, protect=config.protect, opts=child)

        # S3's own key encrypts the logs: S3 does not deliver its logs to a bucket that is encrypted with a KMS key.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        encrypt_objects(name, self.bucket, key_arn=None, opts=child)

        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.name,
            rules=[
                {
                    "id": "expire-access-logs",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": config.access_log_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=child,
        )

        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = policies.log_bucket_policy(
            bucket=self.bucket.arn,
            account=caller.account_id,
            distribution_prefix=DISTRIBUTION_PREFIX,
            logged_buckets={prefix: logged_bucket.arn for prefix, logged_bucket in logged_buckets.items()},
        )
        aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.name,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.bucket]),
        )

        self.register_outputs({"bucket": self.bucket.name})
