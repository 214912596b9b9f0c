"""The policy of the KMS key, as a pure function that a test can call."""

from collections.abc import Sequence
from typing import Any, Final

import pulumi

from infra.iam.documents import Document, document

# The actions that an administrator needs. None of them encrypts data, decrypts data, or creates a grant to do so.
_ADMINISTRATION: Final = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
    *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
    "kms:UpdateKeyDescription",
)


def encryption_key_policy(
    *,
    account: pulumi.Input[str],
    region: str,
    distribution: pulumi.Input[str],
    edge_role: pulumi.Input[str],
    uploaders: Sequence[str],
) -> Document:
    """Return the policy of the key.

    One distribution and one role may decrypt, principals of the account may encrypt uploads through S3, and the
    account's administrators may administer the key but not use it.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    root = {"AWS": pulumi.Output.concat("arn:aws:iam::", account, ":root")}
    statements = [
        _key_statement("AllowKeyAdministration", root, _ADMINISTRATION),
        # S3 requests a data key on behalf of the uploader, so every principal that the account lets upload needs this.
        _key_statement("AllowUploadEncryption", root, ["kms:GenerateDataKey"], through_s3),
        _key_statement(
            "AllowCloudFrontDecrypt",
            {"Service": "cloudfront.amazonaws.com"},
            ["kms:Decrypt"],
            {"StringEquals": {"AWS:SourceArn": distribution}},
        ),
        _key_statement("AllowEdgeFunctionUse", {"AWS": edge_role}, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3),
    ]
    if uploaders:
        # S3 decrypts the parts of a multipart upload when it assembles them.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        principals = {"AWS": [*uploaders]}
        statements.append(
            _key_statement("AllowMultipartUpload", principals, ["kms:Decrypt", "kms:GenerateDataKey"], through_s3)
        )
    return document(*statements)


def _key_statement(
    sid: str, principal: dict[str, Any], actions: Sequence[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    # In the policy of a key, the resource "*" means the key itself.
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})
