"""The topic of the stack's alerts. Operators or a pager subscribe to the topic."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.documents import Document, document, only_over_tls
from infra.resource_tags import resource_tags


class AlertTopic(pulumi.ComponentResource):
    """An SNS topic in us-east-1, where CloudFront publishes its metrics."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:observability/alert_topic:AlertTopic", name, None, opts)
        child_options = pulumi.ResourceOptions(parent=self)

        # The topic is not encrypted: for AWS Budgets, an encrypted topic would need a KMS key of the stack, and alerts
        # contain only amounts and names.
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        topic = aws.sns.Topic(name, region="us-east-1", tags=resource_tags(config), opts=child_options)
        self.arn = topic.arn

        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self))
        policy = alert_topic_policy(topic=topic.arn, account=caller.account_id)
        aws.sns.TopicPolicy(
            name, region="us-east-1", arn=topic.arn, policy=pulumi.Output.json_dumps(policy), opts=child_options
        )

        # AWS sends a confirmation email to each address. The address receives alerts after the recipient has confirmed.
        for address in config.alert_emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}",
                region="us-east-1",
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                opts=child_options,
            )

        self.register_outputs({"arn": self.arn})


def alert_topic_policy(*, topic: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
    """Return the policy of the topic: budgets of this account may publish, and only TLS requests are accepted.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    """
    budgets = {
        "Sid": "BudgetsPublish",
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": pulumi.Output.concat("arn:aws:budgets::", account, ":*")},
        },
    }
    return document(budgets, only_over_tls("sns:Publish", [topic]))
