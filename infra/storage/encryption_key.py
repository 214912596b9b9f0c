"""The KMS key that encrypts the images of a stack with `encryption: kms`."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class EncryptionKey(pulumi.ComponentResource):
    """A KMS key with an alias. The component is empty unless `encryption` is kms.

    The default is S3's own key, which is free and needs no permissions.

    OriginAccess sets the policy of the key, because the policy names the distribution, which is created later.
    """

    key: aws.kms.Key | None = None
    """The key, or None if S3's own key encrypts the images."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:storage/encryption_key:EncryptionKey", name, None, opts)

        if config.encryption == "kms":
            # Without the key, every image is lost. So only a person can delete the key: `pulumi destroy` leaves the
            # key, and so does a change back to S3's own key.
            self.key = aws.kms.Key(
                name,
                description=f"Encrypts the images of {pulumi.get_project()} {pulumi.get_stack()}",
                enable_key_rotation=True,
                deletion_window_in_days=30,
                tags=resource_tags(config),
                opts=pulumi.ResourceOptions(parent=self, protect=config.protect, retain_on_delete=True),
            )

            # KMS requires the prefix `alias/` in the name of an alias. The name contains the id of the key, because the
            # alias of an earlier stack of the same name may still exist.
            aws.kms.Alias(
                name,
                name=pulumi.Output.concat(f"alias/{pulumi.get_project()}-{pulumi.get_stack()}-", self.key.key_id),
                target_key_id=self.key.key_id,
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.register_outputs({"arn": self.arn})

    @property
    def arn(self) -> pulumi.Output[str] | None:
        """The ARN of the key, or None if S3's own key encrypts the images."""
        return self.key.arn if self.key else None
