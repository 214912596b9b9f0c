"""The KMS key that encrypts the alert topics of one Region, for a stack with `encryption: kms`."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.alert_policies import topic_key_policy
from infra.resource_tags import resource_tags


class TopicKey(pulumi.ComponentResource):
    """A KMS key with its policy. The component is empty unless `encryption` is kms.

    `pulumi destroy` deletes the key, because SNS does not keep a message after its delivery.
    """

    arn: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, *, config: StackConfig, region: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("infra:observability/topic_key:TopicKey", name, None, opts)
        if config.encryption == "kms":
            child = pulumi.ResourceOptions(parent=self)
            caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
            policy = topic_key_policy(account=caller.account_id, region=region)
            key = aws.kms.Key(
                name,
                region=region,
                description=f"Encrypts the alerts of {pulumi.get_project()} {pulumi.get_stack()}",
                enable_key_rotation=True,
                deletion_window_in_days=7,
                policy=pulumi.Output.json_dumps(policy),
                tags=resource_tags(config),
                opts=child,
            )
            self.arn = key.arn
        self.register_outputs({"arn": self.arn})
