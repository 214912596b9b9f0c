"""What IAM documents have in common."""

from collections.abc import Sequence
from typing import Any

import pulumi

Document = dict[str, Any]


def document(*statements: dict[str, Any]) -> Document:
    """Of the version that has conditions and variables."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


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
