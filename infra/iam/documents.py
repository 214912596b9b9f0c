"""The form of an IAM policy document, and the statements that several documents share."""

from collections.abc import Sequence
from typing import Any

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
