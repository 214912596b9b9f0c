"""Decides whether CloudWatch may publish to a topic in moto: the policies of the topic and of its key must admit it."""

from typing import Final

from local.aws.iam import is_allowed

_CLOUDWATCH: Final = ("Service", "cloudwatch.amazonaws.com")
_AWS_KEYS: Final = ("alias/aws/", ":alias/aws/")


def may_publish(topic_arn: str, alarm_arn: str, account: str) -> bool:
    """Return whether CloudWatch may publish for an alarm.

    A topic that is encrypted with AWS's own key admits no service, because the policy of this key cannot be changed.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    from moto.sns.models import sns_backends

    context = {
        "aws:SourceArn": alarm_arn,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,  # in the default policy of a topic
        "aws:SecureTransport": "true",
    }
    topic = sns_backends[account][topic_arn.split(":")[3]].topics.get(topic_arn)
    if topic is None or not is_allowed(
        topic.policy, principal=_CLOUDWATCH, action="sns:Publish", resource=topic_arn, context=context
    ):
        return False
    key: str = topic.kms_master_key_id
    if not key:
        return True
    if any(part in key for part in _AWS_KEYS):
        return False
    policy = _key_policy(key, topic_arn.split(":")[3], account)
    return all(
        is_allowed(policy, principal=_CLOUDWATCH, action=action, resource=key, context=context)
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    )


def _key_policy(key: str, region: str, account: str) -> str:
    from moto.kms.models import kms_backends

    backend = kms_backends[account][region]
    # moto chose another id for the key; kms_keys.py stored the declared id as an alias.
    id_ = key.rpartition("/")[2]
    return backend.keys[backend.get_key_id_from_alias(f"alias/{id_}") or id_].policy
