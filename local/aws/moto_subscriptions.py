"""Keeps subscriptions in moto unconfirmed if a person or a pager would have to confirm them."""

from collections.abc import Callable
from typing import Any, Final

_CONFIRMED_BY_RECIPIENT: Final = frozenset({"email", "email-json", "http", "https"})
"""https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""


def publish_if_confirmed(publish: Callable[..., None]) -> Callable[..., None]:
    """Return a method that publishes only to a subscription that needs no confirmation by its recipient."""

    def publish_to_confirmed(subscription: Any, *args: Any, **kwargs: Any) -> None:
        if subscription.protocol not in _CONFIRMED_BY_RECIPIENT:
            publish(subscription, *args, **kwargs)

    return publish_to_confirmed


def with_pending(list_subscriptions: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return an operation of SNS that lists unconfirmed subscriptions as SNS does, without their ARN."""

    def list_with_pending(response: Any) -> Any:
        result = list_subscriptions(response)
        result._result["Subscriptions"] = [
            {
                "SubscriptionArn": _arn(subscription),
                "Owner": subscription.owner,
                "Protocol": subscription.protocol,
                "Endpoint": subscription.endpoint,
                "TopicArn": subscription.topic_arn,
            }
            for subscription in result._result["Subscriptions"]
        ]
        return result

    return list_with_pending


def _arn(subscription: Any) -> str:
    return "PendingConfirmation" if subscription.protocol in _CONFIRMED_BY_RECIPIENT else subscription.arn
