"""Writes the messages that CloudWatch publishes when an alarm changes its state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import json
from datetime import datetime
from typing import Any, NamedTuple


class StateChange(NamedTuple):
    """A change of the state of one alarm."""

    alarm: str
    arn: str
    description: str | None
    account: str
    region: str
    old_state: str
    new_state: str
    reason: str
    time: datetime
    configured: datetime
    actions: dict[str, list[str]]
    """The ARNs by `OKActions`, `AlarmActions` and `InsufficientDataActions`."""
    details: dict[str, Any]
    """`Trigger` for a metric alarm, `AlarmRule` and `TriggeringChildren` for a composite alarm."""


def subject(change: StateChange) -> str:
    """Return the subject, which SNS limits to 100 characters."""
    return f'{change.new_state}: "{change.alarm}" in {change.region}'[:100]


def message(change: StateChange) -> str:
    """Return the message as JSON."""
    content = {
        "AlarmName": change.alarm,
        "AlarmDescription": change.description,
        "AWSAccountId": change.account,
        "AlarmConfigurationUpdatedTimestamp": _timestamp(change.configured),
        "NewStateValue": change.new_state,
        "NewStateReason": change.reason,
        "StateChangeTime": _timestamp(change.time),
        "Region": change.region,
        "AlarmArn": change.arn,
        "OldStateValue": change.old_state,
        **change.actions,
        **change.details,
    }
    return json.dumps(content)


def _timestamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}+0000"
