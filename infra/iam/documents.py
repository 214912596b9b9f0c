"""The form of an IAM policy document, and the statements that several documents share."""

from collections.abc import Sequence
from typing import Any

import pulumi

Document = dict[str, Any]
"""A policy document in the structure of IAM's JSON. Its values can be Pulumi outputs."""


def document(*statements: dict[str, Any]) -> Document:
    """Return a document of version 2012-10-17 of the policy language, which supports policy variables."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def write_logs(log_streams: pulumi.Input[str] | Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """Return the statement that allows a role to write to existing log groups.

    The statement leaves out logs:CreateLogGroup, because the events in a log group that Lambda creates never expire.
    """
    return {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": log_streams,
    }


def only_over_tls(action: str, resources: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """Return the statement that denies `action` on `resources` to every request without TLS."""
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [*resources],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
