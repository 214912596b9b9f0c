"""The time at which the edge function must answer, so that Lambda does not end it first."""

import time
from typing import Any, Final, NamedTuple, Self

_ANSWER_SECONDS: Final = 1.0
"""The seconds that remain for the answer: to end the child process, to encode the response and to write the log."""


class Deadline(NamedTuple):
    """The time at which all work for one request ends: the connections to S3, the reads, the render and the writes."""

    end: float
    """A value of time.monotonic()."""

    @classmethod
    def of_invocation(cls, context: Any) -> Self:
        """Return the deadline of the invocation with this context, which is earlier than the timeout of the function.

        https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
        """
        return cls.after(context.get_remaining_time_in_millis() / 1000 - _ANSWER_SECONDS)

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline that is this number of seconds in the future."""
        return cls(time.monotonic() + seconds)

    def limit(self, seconds: float) -> float:
        """Return how many seconds a step may take: `seconds`, or fewer if the deadline is earlier.

        Raises TimeoutError if no time remains.
        """
        remaining = self.end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("no time remains for this request")
        return min(seconds, remaining)
