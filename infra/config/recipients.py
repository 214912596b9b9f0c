"""The recipients of alerts, as the keys `urgentRecipients` and `routineRecipients` list them."""

import json
import re
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from infra.config.limits import EMAIL

# The ids of a Slack workspace and of a channel, as Slack shows them in its URLs.
# https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html
_SLACK: Final = re.compile(r"slack:([0-9A-Z]{1,255})/([A-Za-z0-9]{1,255})")


class Recipients(NamedTuple):
    """Recipients by kind, each kind in the order of the list."""

    emails: tuple[str, ...]
    urls: tuple[str, ...]
    """HTTPS URLs of pagers. A URL contains a key, so it must not be printed."""
    slack_channels: tuple[tuple[str, str], ...]
    """Pairs of the id of a Slack workspace and the id of a channel."""


def group_recipients(items: tuple[str, ...]) -> Recipients:
    """Return the recipients of a valid list by kind."""
    matches = [_SLACK.fullmatch(item) for item in items]
    return Recipients(
        emails=tuple(item for item in items if re.fullmatch(EMAIL, item)),
        urls=tuple(item for item in items if _is_https_url(item)),
        slack_channels=tuple((match[1], match[2]) for match in matches if match),
    )


def list_of_recipients(text: str) -> tuple[str, ...]:
    """Read a list of recipients.

    Raises ValueError if an item is invalid or a duplicate. The message contains no item, because an item can be a URL
    with a key, and the message completes a sentence that begins with the key of the configuration.
    """
    try:
        items: Any = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        raise ValueError("is not a list")
    for number, item in enumerate(items, start=1):
        if not isinstance(item, str) or not _is_recipient(item):
            raise ValueError(
                f"item {number} is not an email address, an https URL, or slack:WORKSPACE/CHANNEL with the ids of both"
            )
        if item in items[: number - 1]:
            raise ValueError(f"item {number} is the same as an item before it")
    return tuple(items)


def _is_recipient(item: str) -> bool:
    return bool(re.fullmatch(EMAIL, item) or _SLACK.fullmatch(item)) or _is_https_url(item)


def _is_https_url(item: str) -> bool:
    try:
        parts = urlsplit(item)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and bool(re.fullmatch(r"[!-~]+", item))
