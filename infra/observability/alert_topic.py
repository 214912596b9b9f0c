"""Where the stack calls for people: a topic that they, or their pager, subscribe to."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.iam.documents import Document, document, only_over_tls
from infra.resource_tags import resource_tags


class Alerts(pulumi.ComponentResource):
    """In us-east-1, where CloudFront's metrics are and so its alarms will be."""

    topic: aws.sns.Topic

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:alerts:Alerts", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        # Not encrypted: AWS Budgets would need a key of its own for it, and what is said here are sums and names.
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        self.topic = aws.sns.Topic(name, region="us-east-1", tags=resource_tags(config), opts=child)

        policy = alerts_policy(topic=self.topic.arn, account=aws.get_caller_identity_output().account_id)
        aws.sns.TopicPolicy(
            name, region="us-east-1", arn=self.topic.arn, policy=pulumi.Output.json_dumps(policy), opts=child
        )

        # Each has to say yes, to a mail from AWS, before anything else is sent there.
        for address in config.alert_emails:
            aws.sns.TopicSubscription(
                f"{name}-{address}",
                region="us-east-1",
                topic=self.topic.arn,
                protocol="email",
                endpoint=address,
                opts=child,
            )

        self.register_outputs({"topic": self.topic.arn})


def alerts_policy(*, topic: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
    """The topic's own: this account's budgets may publish, and nobody may without TLS.

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
