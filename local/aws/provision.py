"""Recorded resources of the data path, made in moto through boto3, which checks what it is given."""

from collections.abc import Callable
from typing import Any

from local.aws.kms_keys import make_key, set_key_policy
from local.aws.queues import make_queue, notify, set_queue_policy
from local.program.program import Program, Resource

Clients = Callable[[str, str], Any]

_NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"

SERVED_OR_KEPT = {
    "aws:cloudfront/cachePolicy:CachePolicy": "served by the engine",
    "aws:cloudfront/distribution:Distribution": "served by the engine",
    "aws:cloudfront/function:Function": "served by the engine",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "served by the engine",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": "served by the engine",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "served by the engine",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "run by the engine",
    "aws:lambda/function:Function": "run by the engine",
    "aws:acm/certificate:Certificate": "recorded only: there is no TLS",
    "aws:acm/certificateValidation:CertificateValidation": "recorded only: there is no TLS",
    "aws:budgets/budget:Budget": "recorded only: nothing costs anything",
    "aws:cloudwatch/logDelivery:LogDelivery": "recorded only: there is no access log",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "recorded only: there is no access log",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "recorded only: there is no access log",
    "aws:cloudwatch/logGroup:LogGroup": "recorded only: logs go to the terminal",
    "aws:kms/alias:Alias": "recorded only: a name for people",
    "aws:route53/record:Record": "recorded only: there is one address",
    "aws:s3/bucketLogging:BucketLogging": "recorded only: there is no access log",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "recorded only: nothing grows old",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "recorded only: nobody uses ACLs",
    "aws:sns/topic:Topic": "recorded only: nobody is called",
    "aws:sns/topicPolicy:TopicPolicy": "recorded only: nobody is called",
    "aws:sns/topicSubscription:TopicSubscription": "recorded only: nobody is called",
    "aws:wafv2/webAcl:WebAcl": "recorded only: everybody is let in",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "recorded only: everybody is let in",
}
"""What is not made in moto, and why. A type that is neither here nor made below is named at the start."""


def provision(program: Program, client: Clients) -> None:
    """In the order of registration: what a resource needs stands before it. Without notifications."""
    for resource in program.resources:
        make = _MAKERS.get(resource.type)
        if make is not None and resource.type != _NOTIFICATION:
            make(resource, client)


def begin_events(program: Program, client: Clients) -> None:
    """From here on buckets tell what happens in them; what is in them by now was there before."""
    for resource in program.of(_NOTIFICATION):
        notify(resource, client)


def unknown(program: Program) -> list[str]:
    """The declared types that the engine has never heard of."""
    return sorted({resource.type for resource in program.resources} - _MAKERS.keys() - SERVED_OR_KEPT.keys())


def _bucket(resource: Resource, client: Clients) -> None:
    region = resource.outputs["region"]
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client("s3", region).create_bucket(Bucket=resource.id, **where)


def _versioning(resource: Resource, client: Clients) -> None:
    status = resource.inputs["versioningConfiguration"]["status"]
    client("s3", resource.outputs["region"]).put_bucket_versioning(
        Bucket=resource.id, VersioningConfiguration={"Status": status}
    )


def _public_access_block(resource: Resource, client: Clients) -> None:
    names = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
    flags = {name[0].upper() + name[1:]: bool(resource.inputs.get(name)) for name in names}
    client("s3", resource.outputs["region"]).put_public_access_block(
        Bucket=resource.id, PublicAccessBlockConfiguration=flags
    )


def _encryption(resource: Resource, client: Clients) -> None:
    by_default = resource.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
    key = by_default.get("kmsMasterKeyId")
    encryption = {"SSEAlgorithm": by_default["sseAlgorithm"]} | ({"KMSMasterKeyID": key} if key else {})
    bucket_key = bool(resource.inputs["rules"][0].get("bucketKeyEnabled"))
    rule = {"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": bucket_key}
    client("s3", resource.outputs["region"]).put_bucket_encryption(
        Bucket=resource.id, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def _role(resource: Resource, client: Clients) -> None:
    client("iam", "us-east-1").create_role(
        RoleName=resource.id, AssumeRolePolicyDocument=resource.inputs["assumeRolePolicy"]
    )


def _role_policy(resource: Resource, client: Clients) -> None:
    client("iam", "us-east-1").put_role_policy(
        RoleName=resource.inputs["role"],
        PolicyName=resource.outputs["name"],
        PolicyDocument=resource.inputs["policy"],
    )


def _bucket_policy(_resource: Resource, _client: Clients) -> None:
    """The engine asks the policy itself, for CloudFront; moto would deny the rest of the engine by it."""


_MAKERS: dict[str, Callable[[Resource, Clients], None]] = {
    "aws:kms/key:Key": make_key,
    "aws:kms/keyPolicy:KeyPolicy": set_key_policy,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:s3/bucket:Bucket": _bucket,
    _NOTIFICATION: notify,
    "aws:s3/bucketPolicy:BucketPolicy": _bucket_policy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _public_access_block,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _encryption,
    "aws:s3/bucketVersioning:BucketVersioning": _versioning,
    "aws:sqs/queue:Queue": make_queue,
    "aws:sqs/queuePolicy:QueuePolicy": set_queue_policy,
}
