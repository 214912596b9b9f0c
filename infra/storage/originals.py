"""The bucket of the originals: private, versioned, encrypted."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.storage.private_bucket import PrivateBucket


class Originals(pulumi.ComponentResource):
    """The bucket to which uploaders write originals."""

    bucket: PrivateBucket

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("infra:storage/originals:Originals", name, None, opts)
        child_options = pulumi.ResourceOptions(parent=self)

        self.bucket = PrivateBucket(name, config=config, protect=config.protect, opts=child_options)

        # Versioning makes it possible to restore an overwritten or deleted original for `versionDays`.
        versioning = aws.s3.BucketVersioning(
            name, bucket=self.bucket.name, versioning_configuration={"status": "Enabled"}, opts=child_options
        )

        # Noncurrent versions expire after `versionDays`. Originals move to another storage class if configured.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.name,
            rules=[
                {
                    "id": "expire-noncurrent-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "noncurrent_version_expiration": {"noncurrent_days": config.version_days},
                    "expiration": {"expired_object_delete_marker": True},
                },
                *_transition_rules(config),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

        self.register_outputs({"bucket": self.bucket.name})


def _transition_rules(config: StackConfig) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    if not config.transition_days:
        return []
    return [
        {
            "id": "transition-storage-class",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": config.transition_days, "storage_class": config.transition_class}],
        }
    ]
