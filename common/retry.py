"""How to ask AWS again: when it says later, after pauses that grow and are of no set length, and not for ever."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError

THROTTLING_CODES: Final = frozenset(
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
class RetryPolicy:
    """How often and how long somebody waits for CloudFront; all times in seconds."""

    max_attempts: int = 10
    """Of one call: with the defaults they take about a minute, at most two."""
    max_delay: float = 20
    items_per_second: float = 150
    """Paths and tags: the quota of a distribution.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    sleep: Callable[[float], None] = time.sleep
    on_retry: Callable[[float], None] = lambda _seconds: None
    """Before each pause that CloudFront caused."""


def call_with_retry(call: Callable[[], Result], policy: RetryPolicy) -> Result:
    """What the call returns; pauses, longer each time and never of a set length, while AWS asks for that."""
    for attempt in range(policy.max_attempts):
        try:
            return call()
        except (ClientError, HTTPClientError) as error:
            if attempt + 1 == policy.max_attempts or not _is_temporary(error):
                raise
        # "Full jitter": many who were refused at once do not come back at once.
        # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        pause = random.uniform(0, min(policy.max_delay, 2.0**attempt))  # noqa: S311  # no secret
        policy.on_retry(pause)
        policy.sleep(pause)
    raise AssertionError("there is at least one attempt")


def _is_temporary(error: ClientError | HTTPClientError) -> bool:
    """Whether the same call may do better later.

    An answer that was lost may have been a success; the reference makes the second call return the same invalidation.
    """
    if isinstance(error, HTTPClientError):
        return not isinstance(error, ConnectTimeoutError)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") in THROTTLING_CODES or status >= 500 or status == 429
