"""The form of an IAM policy document, and the statements that several documents share."""

from collections.abc import Sequence
from typing import Any, Final

import pulumi

Document = dict[str, Any]
"""A policy document as IAM's JSON, in which values can be outputs."""


def document(*statements: dict[str, Any]) -> Document:
    """Return a document of the policy language version that supports conditions and variables."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def write_logs(log_streams: pulumi.Input[str] | Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """Return the statement that allows a role to write to existing log groups.

    The statement leaves out logs:CreateLogGroup, because a log group that Lambda creates never expires.
    """
    return {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": log_streams,
    }


def deny_insecure_transport(action: str, resources: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """Return the statement that denies the action to every request without TLS."""
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [*resources],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


# The actions that an administrator needs. None of them encrypts data, decrypts data, or creates a grant to do so.
_KEY_ADMINISTRATION: Final = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"),
    *("kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"),
    *("kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:RotateKeyOnDemand"),
    *("kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"),
    "kms:UpdateKeyDescription",
)


def root_of(account: pulumi.Input[str]) -> dict[str, Any]:
    """Return the principal that stands for the account, whose IAM policies then permit its roles and users."""
    return {"AWS": pulumi.Output.concat("arn:aws:iam::", account, ":root")}


def key_statement(
    sid: str, principal: dict[str, Any], actions: Sequence[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a statement of the policy of a KMS key, in which the resource `*` means the key itself."""
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


def allow_key_administration(account: pulumi.Input[str]) -> dict[str, Any]:
    """Return the statement that lets the account's administrators administer a key but not use it."""
    return key_statement("AllowKeyAdministration", root_of(account), _KEY_ADMINISTRATION)
