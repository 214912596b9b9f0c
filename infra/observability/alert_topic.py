"""A topic to which alarms and the budget publish alerts of one urgency, with its subscriptions."""

import hashlib
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from infra.config.recipients import Recipients
from infra.config.stack_config import StackConfig
from infra.iam.alert_policies import alert_topic_policy
from infra.resource_tags import resource_tags


class Urgency(StrEnum):
    """The urgency of an alert."""

    URGENT = "urgent"
    """Somebody must look at any hour."""
    ROUTINE = "routine"
    """The alert can wait until business hours."""


class AlertTopic(pulumi.ComponentResource):
    """An SNS topic of one urgency in one Region."""

    arn: pulumi.Output[str]
    physical_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        config: StackConfig,
        region: str,
        recipients: Recipients,
        key_arn: pulumi.Input[str] | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the topic. `key_arn` is the KMS key that encrypts messages, or None for no encryption at rest."""
        super().__init__("infra:observability/alert_topic:AlertTopic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        topic = aws.sns.Topic(name, region=region, kms_master_key_id=key_arn, tags=resource_tags(config), opts=child)
        self.arn = topic.arn
        self.physical_name = topic.name

        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = alert_topic_policy(topic=topic.arn, account=caller.account_id, region=region)
        aws.sns.TopicPolicy(name, region=region, arn=topic.arn, policy=pulumi.Output.json_dumps(policy), opts=child)

        self._subscribe(name, region, recipients)
        self.register_outputs({"arn": self.arn})

    def _subscribe(self, name: str, region: str, recipients: Recipients) -> None:
        child = pulumi.ResourceOptions(parent=self)

        # AWS sends each address a confirmation email, and nothing else before the recipient confirms.
        for address in recipients.emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}", region=region, topic=self.arn, protocol="email", endpoint=address, opts=child
            )

        # A pager confirms the subscription itself. The URL contains a key: Pulumi encrypts it in the state and hides it
        # in the output of commands, and the name of the resource has a part of its digest instead. A number would
        # change with the order of the list. Pulumi would then create each subscription again and delete the old one,
        # and SNS returns the old subscription for an endpoint that is subscribed already.
        # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
        for url in recipients.urls:
            aws.sns.TopicSubscription(
                f"{name}-pager-{hashlib.sha256(url.encode()).hexdigest()[:8]}",
                region=region,
                topic=self.arn,
                protocol="https",
                endpoint=pulumi.Output.secret(url),
                opts=child,
            )
