"""The bucket of the originals: private, versioned, encrypted."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.storage.encryption_key import Key
from infra.storage.private_bucket import PrivateBucket


class Originals(pulumi.ComponentResource):
    """What people upload to."""

    store: PrivateBucket

    def __init__(self, name: str, *, config: StackConfig, key: Key, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:originals:Originals", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.store = PrivateBucket(name, config=config, protect=config.protect, key=key, opts=child)

        # An overwritten or deleted original can be had back for a while.
        versioning = aws.s3.BucketVersioning(
            name, bucket=self.store.bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child
        )

        # What nobody can see any more is not paid for for ever; what is seldom asked for may become cheaper.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.store.bucket.bucket,
            rules=[
                {
                    "id": "leftovers",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "noncurrent_version_expiration": {"noncurrent_days": config.version_days},
                    "expiration": {"expired_object_delete_marker": True},
                },
                *_transition(config),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

        self.register_outputs({"bucket": self.store.bucket.bucket})


def _transition(config: StackConfig) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    if not config.transition_days:
        return []
    return [
        {
            "id": "cheaper",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": config.transition_days, "storage_class": config.transition_class}],
        }
    ]
