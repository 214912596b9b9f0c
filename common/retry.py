"""Retries of AWS calls that were throttled or failed temporarily."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

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
"""The error codes with which AWS tells a client to send the same request later."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The limits of repeated calls to CloudFront: attempts, delays and rate. All times are in seconds."""

    max_attempts: int = 10
    """The maximum number of attempts per call.

    With the defaults, the delays of a call add up to about one minute, and at most two minutes.
    """
    max_delay: float = 20
    """The upper bound of the delay before a retry."""
    items_per_second: float = 150
    """The maximum number of paths and tags that are sent per second. The default is the quota of a distribution.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    """
    sleep: Callable[[float], None] = time.sleep
    """The function that waits. Tests replace this function."""
    on_retry: Callable[[float], None] = lambda _seconds: None
    """The function that is called before each retry. Its argument is the delay in seconds."""


def call_with_retry(call: Callable[[], Result], policy: RetryPolicy) -> Result:
    """Return the result of `call`. Retry after temporary failures, with exponential backoff and full jitter.

    Raises the error of the last attempt, or the first error that is not temporary.
    """

    def report_delay(state: RetryCallState) -> None:
        policy.on_retry(state.upcoming_sleep)

    # With full jitter, clients that were throttled at the same moment do not retry at the same moment.
    # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    retrying = Retrying(
        retry=retry_if_exception(_is_temporary),
        wait=wait_random_exponential(max=policy.max_delay),
        stop=stop_after_attempt(policy.max_attempts),
        sleep=policy.sleep,
        before_sleep=report_delay,
        reraise=True,
    )
    return retrying(call)


def error_code(error: ClientError) -> str:
    """Return AWS's error code, such as AccessDenied."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_temporary(error: BaseException) -> bool:
    """Return whether a retry of the same call can succeed.

    A lost response is temporary, although the call may have succeeded: the retry sends the same caller reference, and
    CloudFront returns the same invalidation.
    """
    if isinstance(error, HTTPClientError):
        return not isinstance(error, ConnectTimeoutError)
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in THROTTLING_CODES or status >= 500 or status == 429
