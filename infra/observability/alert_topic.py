"""The topic to which the stack publishes alerts, and to which people or a pager subscribe."""

import pulumi
import pulumi_aws as aws

from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.iam import policies
from infra.resource_tags import resource_tags


class AlertTopic(pulumi.ComponentResource):
    """An SNS topic in us-east-1, where CloudFront publishes its metrics."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:observability/alert_topic:AlertTopic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # The topic is not encrypted, because AWS Budgets would need a KMS key for an encrypted topic, and alerts
        # contain only amounts and names.
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        topic = aws.sns.Topic(name, region=GLOBAL_REGION, tags=resource_tags(config), opts=child)
        self.arn = topic.arn

        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = policies.alert_topic_policy(topic=topic.arn, account=caller.account_id)
        aws.sns.TopicPolicy(
            name, region=GLOBAL_REGION, arn=topic.arn, policy=pulumi.Output.json_dumps(policy), opts=child
        )

        # AWS sends each address a confirmation email, and nothing else before the recipient confirms.
        for address in config.alert_emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}",
                region=GLOBAL_REGION,
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                opts=child,
            )

        self.register_outputs({"arn": self.arn})
