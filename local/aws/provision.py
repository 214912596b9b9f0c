"""Creates the recorded resources in moto, through boto3, which validates the parameters."""

from collections.abc import Callable
from typing import Final

from local.aws.cloud import Cloud
from local.aws.kms_keys import create_key, set_key_policy
from local.aws.monitoring import MONITORING_CREATORS
from local.aws.queues import check_redrive_allow_policy, create_queue, put_notification, set_queue_policy
from local.program.program import Program, Resource

_NOTIFICATION: Final = "aws:s3/bucketNotification:BucketNotification"

NOT_IN_MOTO: Final = {
    "aws:cloudfront/cachePolicy:CachePolicy": "served by the engine",
    "aws:cloudfront/distribution:Distribution": "served by the engine",
    "aws:cloudfront/function:Function": "served by the engine",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "served by the engine",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": "served by the engine",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "served by the engine",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "run by the engine",
    "aws:lambda/function:Function": "run by the engine",
    "aws:s3/bucketPolicy:BucketPolicy": "evaluated by the engine for CloudFront; moto would deny the operator",
    "aws:acm/certificate:Certificate": "recorded only: the engine has no TLS",
    "aws:acm/certificateValidation:CertificateValidation": "recorded only: the engine has no TLS",
    "aws:budgets/budget:Budget": "recorded only: the engine has no costs",
    "aws:cloudwatch/logDelivery:LogDelivery": "recorded only: the engine writes no access log",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "recorded only: the engine writes no access log",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "recorded only: the engine writes no access log",
    "aws:kms/alias:Alias": "recorded only: a display name",
    "aws:route53/record:Record": "recorded only: the engine has one address",
    "aws:s3/bucketLogging:BucketLogging": "recorded only: the engine writes no access log",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "recorded only: objects do not expire",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "recorded only: no ACLs are used",
    "aws:wafv2/webAcl:WebAcl": "recorded only: the firewall blocks nothing",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "recorded only: the firewall blocks nothing",
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": "recorded only: nothing is sent to Slack",
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": "recorded only: the engine always has its metrics",
    "aws:s3/bucketMetric:BucketMetric": "recorded only: the engine has no metrics of buckets",
}
"""The types that the engine does not create in moto, with the reasons.

The engine reports a type that is neither here nor in `_CREATORS`.
"""


def provision(program: Program, cloud: Cloud) -> None:
    """Wait for moto, create the declared resources except notifications, and make moto enforce IAM.

    Resources are created in the order of registration, so that each resource exists before the ones that depend on it.
    """
    cloud.wait_until_started()
    for resource in program.resources:
        create = _CREATORS.get(resource.type)
        if create is not None and resource.type != _NOTIFICATION:
            create(resource, cloud)
    cloud.enforce_iam(program)


def start_notifications(program: Program, cloud: Cloud) -> None:
    """Create the declared bucket notifications. Objects that are already in the bucket cause no events."""
    for resource in program.of(_NOTIFICATION):
        put_notification(resource, cloud)


def unknown_types(program: Program) -> list[str]:
    """Return the declared types that are neither in `_CREATORS` nor in `NOT_IN_MOTO`."""
    return sorted({resource.type for resource in program.resources} - _CREATORS.keys() - NOT_IN_MOTO.keys())


def _create_bucket(resource: Resource, cloud: Cloud) -> None:
    region = resource.outputs["region"]
    if region == "us-east-1":  # S3 accepts no LocationConstraint for this Region
        cloud.s3(region).create_bucket(Bucket=resource.id)
    else:
        cloud.s3(region).create_bucket(Bucket=resource.id, CreateBucketConfiguration={"LocationConstraint": region})


def _set_versioning(resource: Resource, cloud: Cloud) -> None:
    status = resource.inputs["versioningConfiguration"]["status"]
    cloud.s3(resource.outputs["region"]).put_bucket_versioning(
        Bucket=resource.id, VersioningConfiguration={"Status": status}
    )


def _set_public_access_block(resource: Resource, cloud: Cloud) -> None:
    cloud.s3(resource.outputs["region"]).put_public_access_block(
        Bucket=resource.id,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": bool(resource.inputs.get("blockPublicAcls")),
            "IgnorePublicAcls": bool(resource.inputs.get("ignorePublicAcls")),
            "BlockPublicPolicy": bool(resource.inputs.get("blockPublicPolicy")),
            "RestrictPublicBuckets": bool(resource.inputs.get("restrictPublicBuckets")),
        },
    )


def _set_encryption(resource: Resource, cloud: Cloud) -> None:
    rule = resource.inputs["rules"][0]
    default = rule["applyServerSideEncryptionByDefault"]
    key = default.get("kmsMasterKeyId")
    encryption = {"SSEAlgorithm": default["sseAlgorithm"]} | ({"KMSMasterKeyID": key} if key else {})
    cloud.s3(resource.outputs["region"]).put_bucket_encryption(
        Bucket=resource.id,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": encryption,  # type: ignore[typeddict-item]
                    "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled")),
                }
            ]
        },
    )


def _create_role(resource: Resource, cloud: Cloud) -> None:
    cloud.iam().create_role(RoleName=resource.id, AssumeRolePolicyDocument=resource.inputs["assumeRolePolicy"])


def _create_role_policy(resource: Resource, cloud: Cloud) -> None:
    cloud.iam().put_role_policy(
        RoleName=resource.inputs["role"],
        PolicyName=resource.outputs["name"],
        PolicyDocument=resource.inputs["policy"],
    )


_CREATORS: Final[dict[str, Callable[[Resource, Cloud], None]]] = {
    "aws:kms/key:Key": create_key,
    "aws:kms/keyPolicy:KeyPolicy": set_key_policy,
    "aws:iam/role:Role": _create_role,
    "aws:iam/rolePolicy:RolePolicy": _create_role_policy,
    "aws:s3/bucket:Bucket": _create_bucket,
    _NOTIFICATION: put_notification,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _set_public_access_block,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _set_encryption,
    "aws:s3/bucketVersioning:BucketVersioning": _set_versioning,
    "aws:sqs/queue:Queue": create_queue,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": check_redrive_allow_policy,
    "aws:sqs/queuePolicy:QueuePolicy": set_queue_policy,
    **MONITORING_CREATORS,
}
