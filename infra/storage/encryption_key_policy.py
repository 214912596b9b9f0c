"""Who may use the key: pure, so that it can be read as a whole."""

from collections.abc import Sequence
from typing import Any, Final

import pulumi

from infra.iam.documents import Document, document

# All that an administrator needs, and nothing by which data could be encrypted, decrypted, or a grant for it be given.
_ADMINISTER: Final = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
    *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
    "kms:UpdateKeyDescription",
)


def key_policy(
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
    return document(*statements)


def _of_the_key(
    sid: str, principal: dict[str, Any], actions: Sequence[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    # "*" is the key itself: a key's policy speaks of no other.
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})
