"""Check enumeration values and IAM actions against botocore's models of AWS's API."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session

OPERATIONS = {
    "aws:acm/certificate:Certificate": "acm.RequestCertificate",
    "aws:budgets/budget:Budget": "budgets.CreateBudget",
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": "chatbot.CreateSlackChannelConfiguration",
    "aws:cloudfront/cachePolicy:CachePolicy": "cloudfront.CreateCachePolicy",
    "aws:cloudfront/distribution:Distribution": "cloudfront.CreateDistribution",
    "aws:cloudfront/function:Function": "cloudfront.CreateFunction",
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": "cloudfront.CreateMonitoringSubscription",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "cloudfront.CreateOriginAccessControl",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": "cloudfront.CreateOriginRequestPolicy",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "cloudfront.CreateResponseHeadersPolicy",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "cloudwatch.PutCompositeAlarm",
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": "cloudwatch.PutInsightRule",
    "aws:cloudwatch/dashboard:Dashboard": "cloudwatch.PutDashboard",
    "aws:cloudwatch/logDelivery:LogDelivery": "logs.CreateDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "logs.PutDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "logs.PutDeliverySource",
    "aws:cloudwatch/logGroup:LogGroup": "logs.CreateLogGroup",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "logs.PutMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch.PutMetricAlarm",
    "aws:cloudwatch/queryDefinition:QueryDefinition": "logs.PutQueryDefinition",
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
    "aws:s3/bucketMetric:BucketMetric": "s3.PutBucketMetricsConfiguration",
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
"""The operation that creates a resource, by the type of the resource."""

DOCUMENTS = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}
"""The types without an operation in OPERATIONS.

The policies are documents, which policy_documents checks, and a certificate validation creates nothing in AWS.
"""


@cache
def service_model(name: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(name)


@cache
def enumerations(type_: str) -> dict[str, set[str]]:
    """Return the values of each enumeration in the input of the operation that creates the type, by name.

    Each enumeration has two names: `name` and `parent.name`. A name is left out if the input also contains free text
    of this name, because then the name does not identify the enumeration. A list of enumeration values counts too.
    """
    name, operation = OPERATIONS[type_].split(".")
    values: dict[str, set[str]] = {}
    free_text: set[str] = set()
    for path, enumeration in _string_shapes(
        service_model(name).operation_model(operation).input_shape, (), frozenset()
    ):
        for input_name in _input_names(*path[-2:]):
            values.setdefault(input_name, set()).update(enumeration)
            if not enumeration:
                free_text.add(input_name)
    return {input_name: enumeration for input_name, enumeration in values.items() if input_name not in free_text}


def _input_names(*path: str) -> tuple[str, ...]:
    return (".".join(path).lower(), path[-1].lower())


def _string_shapes(
    shape: Any, path: tuple[str, ...], ancestors: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if shape.name in ancestors:  # A statement of a web ACL can contain statements.
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            # The provider has a list where AWS has a structure that contains only a list, or a list and its length.
            is_wrapper = member.type_name == "list" and path and (name == "Items" or len(shape.members) == 1)
            yield from _string_shapes(member, path if is_wrapper else (*path, name), ancestors | {shape.name})
    elif shape.type_name == "list":
        yield from _string_shapes(shape.member, path, ancestors)
    elif shape.type_name == "string":
        yield path, getattr(shape, "enum", None) or []


def find_problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """Return a problem for each value that AWS's enumeration does not contain."""
    known = enumerations(type_)
    return [
        f"{name}: {value!r} is not one of {', '.join(sorted(known[name]))}"
        for name, value in enumeration_values(type_, inputs)
        if value not in known[name]
    ]


def enumeration_values(type_: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the name and the value of each input whose name is a key of `enumerations`."""
    known = enumerations(type_)
    values = [
        (next((name for name in _input_names(*path[-2:]) if name in known), ""), value)
        for path, value in _string_inputs(inputs)
    ]
    return [(name, value) for name, value in values if name]


def _string_inputs(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _string_inputs(item, path if key == "items" else (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _string_inputs(item, path)
    elif isinstance(value, str):
        yield path, value


def is_action(action: str) -> bool:
    """Return whether an IAM action exists: nearly every action has the name of an operation of its service."""
    prefix, _, name = action.partition(":")
    # These actions permit the operations ListObjectVersions and ListObjectsV2.
    if action in ("s3:ListBucketVersions", "s3:ListBucket"):
        return True
    known = ("cloudfront", "lambda", "logs", "s3", "kms", "sns", "sts", "sqs")
    return prefix in known and bool(re.fullmatch(r"\w+", name)) and name in service_model(prefix).operation_names
