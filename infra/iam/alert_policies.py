"""The policies of alert topics, of their keys and of the role for Slack, as pure functions that a test can call."""

from typing import Any, Final

import pulumi

from infra.iam.documents import (
    Document,
    allow_key_administration,
    deny_insecure_transport,
    document,
    key_statement,
    root_of,
)

_USE_OF_A_TOPIC_KEY: Final = (
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
)
"""The actions kms:Decrypt and kms:GenerateDataKey*, without the wildcard.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""


def alert_topic_policy(*, topic: pulumi.Input[str], account: pulumi.Input[str], region: str) -> Document:
    """Return the policy of an alert topic: budgets and alarms of this account may publish, over TLS only.

    An alarm can notify only topics of its own Region. The policy replaces the default policy of SNS, with which alarms
    of the account may publish without a statement.
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """

    def allow_publish(sid: str, service: str, source: pulumi.Output[str]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": source}},
        }

    budgets = pulumi.Output.concat("arn:aws:budgets::", account, ":*")
    alarms = pulumi.Output.concat(f"arn:aws:cloudwatch:{region}:", account, ":alarm:*")
    return document(
        allow_publish("AllowBudgetsPublish", "budgets.amazonaws.com", budgets),
        allow_publish("AllowAlarmsPublish", "cloudwatch.amazonaws.com", alarms),
        deny_insecure_transport("sns:Publish", [topic]),
    )


def topic_key_policy(*, account: pulumi.Input[str], region: str) -> Document:
    """Return the policy of the key that encrypts the alert topics of a Region.

    CloudWatch and Budgets may use the key on behalf of this account. A role or user of the account may use the key
    through SNS if an IAM policy permits it, as `python -m ops page --test` needs. The key of AWS, `alias/aws/sns`,
    admits neither service.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    of_this_account = {"StringEquals": {"aws:SourceAccount": account}}
    through_sns = {"StringEquals": {"kms:ViaService": f"sns.{region}.amazonaws.com"}}
    return document(
        allow_key_administration(account),
        key_statement("AllowAlarmsUse", {"Service": "cloudwatch.amazonaws.com"}, _USE_OF_A_TOPIC_KEY, of_this_account),
        key_statement("AllowBudgetsUse", {"Service": "budgets.amazonaws.com"}, _USE_OF_A_TOPIC_KEY, of_this_account),
        key_statement("AllowPublishersUse", root_of(account), _USE_OF_A_TOPIC_KEY, through_sns),
    )


def slack_trust_policy() -> Document:
    """Return the trust policy of the role that Amazon Q Developer in chat applications assumes.

    The principal still has the earlier name of the service, AWS Chatbot.
    https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-roles.html
    """
    trust = {"Effect": "Allow", "Principal": {"Service": "chatbot.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return document(trust)
