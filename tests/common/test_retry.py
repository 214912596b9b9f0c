import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from common.retry import RetryPolicy, call_with_retry


class FailingCall:
    """A call that raises one of the errors in each attempt, in order, and then returns 7."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.attempts = 0

    def __call__(self) -> int:
        self.attempts += 1
        if self.errors:
            raise self.errors.pop(0)
        return 7


def client_error(code: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "DoThis")  # pyright: ignore[reportArgumentType]


TEMPORARY = {
    "throttled": client_error("Throttling"),
    "too many requests": client_error("Other", 429),
    "server error": client_error("Other", 500),
    "lost response": ReadTimeoutError(endpoint_url="https://x"),
}
PERMANENT = {
    "access denied": client_error("AccessDenied", 403),
    "connect timeout": ConnectTimeoutError(endpoint_url="https://x"),
    "no network": EndpointConnectionError(endpoint_url="https://x"),
}


@pytest.mark.parametrize("error", TEMPORARY.values(), ids=TEMPORARY.keys())
def test_temporary_errors_are_retried(error: Exception) -> None:
    delays: list[float] = []
    call = FailingCall(error, error)

    assert call_with_retry(call, RetryPolicy(sleep=delays.append)) == 7
    assert (call.attempts, len(delays)) == (3, 2)


@pytest.mark.parametrize("error", PERMANENT.values(), ids=PERMANENT.keys())
def test_permanent_errors_are_raised_at_once(error: ClientError | BotoCoreError) -> None:
    delays: list[float] = []
    call = FailingCall(error)

    with pytest.raises(type(error)):
        call_with_retry(call, RetryPolicy(sleep=delays.append))
    assert (call.attempts, delays) == (1, [])


def test_keyboard_interrupt_is_raised_at_once() -> None:
    def call() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_with_retry(call, RetryPolicy(sleep=lambda _: None))


def test_delays_grow_to_the_limit_and_are_reported() -> None:
    slept, reported = list[float](), list[float]()
    policy = RetryPolicy(max_attempts=8, max_delay=5, sleep=slept.append, on_retry=reported.append)

    with pytest.raises(ClientError):
        call_with_retry(FailingCall(*[client_error("Throttling")] * 8), policy)

    assert slept == reported
    assert all(0 <= delay <= limit for delay, limit in zip(slept, (1, 2, 4, 5, 5, 5, 5), strict=True))
