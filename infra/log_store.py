"""The bucket that access logs are delivered to."""

from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.config import StackConfig
from infra.private_bucket import PrivateBucket

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

        document = policies.log_store(
            bucket=self.store.bucket.arn,
            account=aws.get_caller_identity_output().account_id,
            distribution=DISTRIBUTION,
            sources={holds: source.bucket.arn for holds, source in sources.items()},
        )
        aws.s3.BucketPolicy(
            name,
            bucket=self.store.bucket.bucket,
            policy=pulumi.Output.json_dumps(document),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.store]),
        )

        self.register_outputs({"bucket": self.store.bucket.bucket})
