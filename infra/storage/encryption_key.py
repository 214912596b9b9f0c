"""The key that the pictures are encrypted with, where a stack wants one of its own."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class Key(pulumi.ComponentResource):
    """Empty unless `encryption` is kms: S3's own key costs nothing and needs no permissions.

    Who may use it is said in infra/delivery/origin_access.py, once the distribution is known.
    """

    key: aws.kms.Key | None = None

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:key:Key", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        if config.encryption == "kms":
            # Without the key every picture is lost, so only a person deletes it: neither `pulumi destroy` nor a stack
            # that goes back to S3's own key does.
            self.key = aws.kms.Key(
                name,
                description=f"Pictures of {pulumi.get_project()} {pulumi.get_stack()}",
                enable_key_rotation=True,
                deletion_window_in_days=30,
                tags=resource_tags(config),
                opts=pulumi.ResourceOptions(parent=self, protect=config.protect, retain_on_delete=True),
            )

            # A name for people; alias/ is part of it.
            aws.kms.Alias(
                name,
                name=f"alias/{pulumi.get_project()}-{pulumi.get_stack()}",
                target_key_id=self.key.key_id,
                opts=child,
            )

        self.register_outputs({})

    @property
    def arn(self) -> pulumi.Output[str] | None:
        """None where pictures are encrypted with S3's own key."""
        return self.key.arn if self.key else None
