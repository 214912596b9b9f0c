"""What botocore's models of AWS's own API say of inputs: the words that an enumeration has, how long a name may be."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session

OPERATIONS = {
    "aws:acm/certificate:Certificate": "acm.RequestCertificate",
    "aws:budgets/budget:Budget": "budgets.CreateBudget",
    "aws:cloudfront/cachePolicy:CachePolicy": "cloudfront.CreateCachePolicy",
    "aws:cloudfront/distribution:Distribution": "cloudfront.CreateDistribution",
    "aws:cloudfront/function:Function": "cloudfront.CreateFunction",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "cloudfront.CreateOriginAccessControl",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": "cloudfront.CreateOriginRequestPolicy",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "cloudfront.CreateResponseHeadersPolicy",
    "aws:cloudwatch/logDelivery:LogDelivery": "logs.CreateDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "logs.PutDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "logs.PutDeliverySource",
    "aws:cloudwatch/logGroup:LogGroup": "logs.CreateLogGroup",
    "aws:iam/role:Role": "iam.CreateRole",
    "aws:iam/rolePolicy:RolePolicy": "iam.PutRolePolicy",
    "aws:kms/alias:Alias": "kms.CreateAlias",
    "aws:kms/key:Key": "kms.CreateKey",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "lambda.CreateEventSourceMapping",
    "aws:lambda/function:Function": "lambda.CreateFunction",
    "aws:route53/record:Record": "route53.ChangeResourceRecordSets",
    "aws:s3/bucket:Bucket": "s3.CreateBucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "s3.PutBucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging": "s3.PutBucketLogging",
    "aws:s3/bucketNotification:BucketNotification": "s3.PutBucketNotificationConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "s3.PutBucketOwnershipControls",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "s3.PutPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "s3.PutBucketEncryption",
    "aws:s3/bucketVersioning:BucketVersioning": "s3.PutBucketVersioning",
    "aws:sns/topic:Topic": "sns.CreateTopic",
    "aws:sns/topicSubscription:TopicSubscription": "sns.Subscribe",
    "aws:sqs/queue:Queue": "sqs.CreateQueue",
    "aws:wafv2/webAcl:WebAcl": "wafv2.CreateWebACL",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "wafv2.PutLoggingConfiguration",
}
"""Of a type, the call that makes it. Policies are documents, and checked as such; a validation makes nothing."""

DOCUMENTS = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
}


@cache
def service(name: str) -> Any:
    """botocore's model of a service."""
    return botocore.session.get_session().get_service_model(name)


@cache
def words(type_: str) -> dict[str, set[str]]:
    """Of the call's input, every member that is an enumeration or a list of one: by its name, or parent and name.

    A name that is elsewhere free text says nothing by itself.
    """
    name, operation = OPERATIONS[type_].split(".")
    found: dict[str, set[str]] = {}
    free: set[str] = set()
    for path, enumeration in _texts(service(name).operation_model(operation).input_shape, (), frozenset()):
        for known_as in _names(*path[-2:]):
            found.setdefault(known_as, set()).update(enumeration)
            if not enumeration:
                free.add(known_as)
    return {known_as: enumeration for known_as, enumeration in found.items() if known_as not in free}


def _names(*path: str) -> tuple[str, ...]:
    return (".".join(path).lower(), path[-1].lower())


def _texts(shape: Any, path: tuple[str, ...], within: frozenset[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if shape.name in within:  # statements of a firewall contain one another
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            # What holds nothing but a list is, for the provider, that list; so is what counts it.
            is_wrapper = member.type_name == "list" and path and (name == "Items" or len(shape.members) == 1)
            yield from _texts(member, path if is_wrapper else (*path, name), within | {shape.name})
    elif shape.type_name == "list":
        yield from _texts(shape.member, path, within)
    elif shape.type_name == "string":
        yield path, getattr(shape, "enum", None) or []


def problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """Words that AWS does not know."""
    return [
        f"{name}: {word!r} is not one of {', '.join(sorted(words(type_)[name]))}"
        for name, word in said(type_, inputs)
        if word not in words(type_)[name]
    ]


def said(type_: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    """Every input that is a word of an enumeration, by the name that `words` has for it."""
    known = words(type_)
    found = [(next((name for name in _names(*path[-2:]) if name in known), ""), word) for path, word in _leaves(inputs)]
    return [(name, word) for name, word in found if name]


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, path if key == "items" else (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    elif isinstance(value, str):
        yield path, value


def is_action(action: str) -> bool:
    """Whether IAM's name of an action is that of an operation of the service, as nearly all are."""
    prefix, _, name = action.partition(":")
    if action == "s3:ListBucketVersions":  # of the operation ListObjectVersions
        return True
    known = ("cloudfront", "lambda", "logs", "s3", "kms", "sns", "sts", "sqs")
    return prefix in known and bool(re.fullmatch(r"\w+", name)) and name in service(prefix).operation_names
