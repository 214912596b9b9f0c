"""What IAM documents have in common."""

from collections.abc import Sequence
from typing import Any

import pulumi

Document = dict[str, Any]


def document(*statements: dict[str, Any]) -> Document:
    """Of the version that has conditions and variables."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def write_logs(streams: pulumi.Input[str] | Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """To log groups that exist.

    No logs:CreateLogGroup: a group that Lambda creates by itself would be kept for ever.
    """
    return {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": streams,
    }


def only_over_tls(action: str, resources: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    """Nobody may do it in plain text."""
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [*resources],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
