"""The SNS topics of a stack: who is subscribed to them, and test messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from common.contract import PROJECT
from ops.aws.stack import Stack

URGENCIES: Final = ("urgent", "routine")
_PENDING: Final = ("PendingConfirmation", "Pending confirmation")
_CHAT_HOST: Final = "global.sns-api.chatbot.amazonaws.com"
"""The host with which Amazon Q Developer in chat applications subscribes. Many projects show it, but no page of AWS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """The subscriptions of a topic, as texts that contain no secret."""

    region: str
    confirmed: list[str]
    pending: list[str]
    """The recipients who have not confirmed. SNS sends them nothing."""


def topics(stack: Stack, urgency: str) -> Mapping[str, str]:
    """Return the ARN of the topic in each Region."""
    return (stack.outputs.get("alert_topics") or {}).get(urgency) or {}


def find_recipients(stack: Stack, region: str, topic: str) -> Recipients:
    """Return the recipients of a topic."""
    pages = stack.sns(region).get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    subscriptions: list[Any] = [subscription for page in pages for subscription in page.get("Subscriptions", [])]
    recipients = Recipients(region=region, confirmed=[], pending=[])
    for subscription in subscriptions:
        arn = subscription["SubscriptionArn"]
        if arn not in _PENDING and not arn.startswith("arn:"):
            continue  # The recipient has unsubscribed: for some days, SNS lists `Deleted` in the place of the ARN.
        names = recipients.pending if arn in _PENDING else recipients.confirmed
        names.append(_name(subscription["Protocol"], subscription.get("Endpoint") or ""))
    return recipients


def _name(protocol: str, endpoint: str) -> str:
    """Return a recipient without secrets: the URL of a pager contains a key."""
    if protocol not in ("http", "https"):
        return endpoint or protocol
    host = urlsplit(endpoint).hostname or protocol
    return "chat (Amazon Q Developer)" if host == _CHAT_HOST else host


def publish_test(stack: Stack, urgency: str, region: str, topic: str, now: datetime) -> str:
    """Publish a test message to a topic, and return its ID.

    An email contains a text. Pagers and chats get the JSON of an alarm, because they ignore other messages.
    https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
    """
    name = f"TEST-{PROJECT}-{stack.name or 'stack'}-{urgency}"
    text = (
        f"TEST of the {urgency} alarms of {PROJECT}, stack {stack.name or 'unknown'}, Region {region}. "
        "Nothing is wrong. An operator sent this message with python -m ops page. If a pager has opened an incident, "
        "resolve the incident by hand: no second message follows."
    )
    alarm = {
        "AlarmName": name,
        "AlarmDescription": text,
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{topic.split(':')[4]}:alarm:{name}",
        "AWSAccountId": topic.split(":")[4],
        "Region": region,
        "OldStateValue": "OK",
        "NewStateValue": "ALARM",
        "NewStateReason": "TEST: nothing is wrong",
        "StateChangeTime": now.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Trigger": {"MetricName": "TEST", "Namespace": "TEST", "Dimensions": []},
    }
    message = {"default": text, "http": json.dumps(alarm), "https": json.dumps(alarm)}
    response = stack.sns(region).publish(
        TopicArn=topic,
        Subject=f"TEST: {urgency} alarms of {PROJECT} {stack.name or ''}".strip()[:100],
        MessageStructure="json",
        Message=json.dumps(message),
    )
    return response["MessageId"]
