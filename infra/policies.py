"""IAM documents: pure functions, so that each can be read, and tested, as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

Document = dict[str, Any]


def served(*, bucket: pulumi.Input[str], objects: pulumi.Input[str], distribution: pulumi.Input[str]) -> Document:
    """A bucket's own: one distribution may read, and nobody may do anything without TLS.

    No s3:ListBucket: S3 then answers 403 for a missing key, and no query can ever list the bucket.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    reader = {
        "Sid": "TheDistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": objects,
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    return _document(reader, _only_over_tls("s3:*", [bucket, objects]))


def edge_trust() -> Document:
    """Who may run the edge function: Lambda in its home Region, Lambda@Edge everywhere else.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    """
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    )


def edge_role(
    *, originals: pulumi.Input[str], renditions: pulumi.Input[str], log_streams: Sequence[pulumi.Input[str]]
) -> Document:
    """All that the edge function may do: read originals, store renditions, and write to log groups that exist."""
    read = {"Sid": "ReadOriginals", "Effect": "Allow", "Action": "s3:GetObject", "Resource": originals}
    store = {"Sid": "StoreRenditions", "Effect": "Allow", "Action": "s3:PutObject", "Resource": renditions}
    # No logs:CreateLogGroup: a group that Lambda creates by itself would be kept for ever.
    log = {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [*log_streams],
    }
    return _document(read, store, log)


def key(
    *,
    account: pulumi.Input[str],
    region: str,
    distribution: pulumi.Input[str],
    edge_role: pulumi.Input[str],
    uploaders: Sequence[str],
) -> Document:
    """The key's own: one distribution and one role may decrypt, uploaders encrypt, the account only administers.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    root = {"AWS": pulumi.Output.concat("arn:aws:iam::", account, ":root")}
    statements = [
        _of_the_key("Administer", root, _ADMINISTER),
        # Whoever the account lets upload: S3 asks for a data key in his name.
        _of_the_key("EncryptUploads", root, ["kms:GenerateDataKey"], through_s3),
        _of_the_key(
            "TheDistributionReads",
            {"Service": "cloudfront.amazonaws.com"},
            ["kms:Decrypt"],
            {"StringEquals": {"AWS:SourceArn": distribution}},
        ),
        _of_the_key(
            "TheEdgeFunctionReadsAndStores", {"AWS": edge_role}, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3
        ),
    ]
    if uploaders:
        # An upload in parts is read again by S3 while it is put together.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        several = {"AWS": [*uploaders]}
        statements.append(_of_the_key("UploadInParts", several, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3))
    return _document(*statements)


def log_store(
    *,
    bucket: pulumi.Input[str],
    account: pulumi.Input[str],
    distribution: str,
    sources: Mapping[str, pulumi.Input[str]],
) -> Document:
    """The log bucket's own: AWS writes there for this account, under `distribution` and under each source's name.

    The first statement is what AWS would add of itself if it were missing, for a prefix of our own.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    deliveries = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket, "/", distribution, "/*"),
        "Condition": {
            "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": pulumi.Output.concat("arn:aws:logs:us-east-1:", account, ":delivery-source:*")
            },
        },
    }
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    of_buckets = [
        {
            "Sid": f"LogOf{holds.capitalize()}",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(bucket, "/", holds, "/*"),
            "Condition": {"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": account}},
        }
        for holds, source in sources.items()
    ]
    return _document(deliveries, *of_buckets, _only_over_tls("s3:*", [bucket, pulumi.Output.concat(bucket, "/*")]))


def alerts(*, topic: pulumi.Input[str], account: pulumi.Input[str]) -> Document:
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
    return _document(budgets, _only_over_tls("sns:Publish", [topic]))


# All that an administrator needs, and nothing by which data could be encrypted, decrypted, or a grant for it be given.
_ADMINISTER: Final = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
    *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
    "kms:UpdateKeyDescription",
)


def _of_the_key(
    sid: str, principal: dict[str, Any], actions: Sequence[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    # "*" is the key itself: a key's policy speaks of no other.
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


def _only_over_tls(action: str, resources: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [*resources],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _document(*statements: dict[str, Any]) -> Document:
    return {"Version": "2012-10-17", "Statement": [*statements]}
