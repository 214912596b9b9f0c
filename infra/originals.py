"""The bucket of the originals: private, versioned, encrypted."""

import pulumi
import pulumi_aws as aws

from infra.config import StackConfig
from infra.private_bucket import PrivateBucket


class Originals(pulumi.ComponentResource):
    """What people upload to."""

    store: PrivateBucket

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:originals:Originals", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.store = PrivateBucket(name, config=config, protect=config.protect, opts=child)

        # An overwritten or deleted original can be had back for a while.
        versioning = aws.s3.BucketVersioning(
            name, bucket=self.store.bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child
        )

        # What nobody can see any more is not paid for for ever.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.store.bucket.bucket,
            rules=[
                {
                    "id": "leftovers",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "expiration": {"expired_object_delete_marker": True},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

        self.register_outputs({"bucket": self.store.bucket.bucket})
