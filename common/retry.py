"""How to ask AWS again: when it says later, after pauses that grow and are of no set length, and not for ever."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError

THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "TooManyInvalidationsInProgress",
        "TooManyRequestsException",
    }
)
"""AWS's names for: later."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long somebody waits for CloudFront; all times in seconds."""

    attempts: int = 10
    """Of one call: with the defaults they take about a minute, at most two."""
    longest: float = 20
    per_second: float = 150
    """Paths and tags: the quota of a distribution.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    sleep: Callable[[float], None] = time.sleep
    told: Callable[[float], None] = lambda _seconds: None
    """Before each pause that CloudFront caused."""


def patiently(call: Callable[[], Result], patience: Patience) -> Result:
    """What the call returns; pauses, longer each time and never of a set length, while AWS asks for that."""
    for attempt in range(patience.attempts):
        try:
            return call()
        except (ClientError, HTTPClientError) as error:
            if attempt + 1 == patience.attempts or not _passes(error):
                raise
        # "Full jitter": many who were refused at once do not come back at once.
        # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        pause = random.uniform(0, min(patience.longest, 2.0**attempt))  # noqa: S311  # no secret
        patience.told(pause)
        patience.sleep(pause)
    raise AssertionError("there is at least one attempt")


def _passes(error: ClientError | HTTPClientError) -> bool:
    """Whether the same call may do better later.

    An answer that was lost may have been a success; the reference makes the second call return the same invalidation.
    """
    if isinstance(error, HTTPClientError):
        return not isinstance(error, ConnectTimeoutError)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") in THROTTLED or status >= 500 or status == 429
