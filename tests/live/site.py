"""The site that the smoke test requests, and the keys that the smoke test may write in its originals bucket."""

import io
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import requests
from PIL import Image

from common.contract import encode_key
from common.invalidation import new_run_name, send_batches, split_into_batches, wait_until_completed
from common.retry import RetryPolicy
from ops.aws.stack import Stack

PREFIX: Final = "smoke-test/"
"""The prefix below which the smoke test uploads. docs/examples/smoke-test-policy.json allows no other key."""

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A deployed stack, or a stack that the local engine serves."""

    url: str
    """The URL without a slash at its end."""
    session: requests.Session
    stack: Stack | None
    """The stack with its outputs; None if only the URL is known."""

    @property
    def is_local(self) -> bool:
        return not self.url.startswith("https://")

    def get(self, path: str, *, method: str = "GET", **headers: str) -> requests.Response:
        """Send one request, and follow no redirect. Write `_` for `-` in the names of headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = self.session.prepare_request(requests.Request(method, self.url, headers=named))
        request.url = f"{self.url}{path}"  # requests would normalize the path and the query.
        return self.session.send(request, timeout=60, allow_redirects=False)

    def get_until_hit(self, path: str, **headers: str) -> requests.Response:
        """Repeat a request until CloudFront answers from its cache.

        An edge location consists of several servers. Only one of them has the response after the first request.
        """

        def request() -> requests.Response | None:
            response = self.get(path, **headers)
            return response if is_hit(response) else None

        return wait_for(request, f"a cache hit for {path}", seconds=120)


@dataclass(frozen=True, kw_only=True)
class Canary:
    """An original that a test uploads, and that is deleted after the last test."""

    s3: Any
    """A client of S3 with the permissions to write and delete below `PREFIX`."""
    bucket: str
    key: str

    @property
    def path(self) -> str:
        """The percent-encoded path of the original."""
        return f"/{encode_key(self.key)}"

    def upload(self, body: bytes, **options: Any) -> Any:
        """Write the original, and return the response of S3. `options` are parameters of PutObject."""
        return self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=body, **options)

    def remove(self) -> None:
        """Delete the original. S3 keeps its earlier versions for the stack's `versionDays`."""
        self.s3.delete_object(Bucket=self.bucket, Key=self.key)


NewCanary = Callable[[str], Canary]
"""The fixture that returns a canary with a name, which is deleted after the last test."""
Report = Callable[[str], None]
"""The fixture that writes what the test of a question has seen into the report."""


def decode(response: requests.Response) -> Image.Image:
    """Decode the body of a response with status 200."""
    assert response.status_code == 200, (response.status_code, response.text[:300])
    picture = Image.open(io.BytesIO(response.content))
    picture.load()
    return picture


def is_hit(response: requests.Response) -> bool:
    """Return whether CloudFront has answered from its cache."""
    return response.headers.get("x-cache", "").startswith("Hit")


def invalidate(stack: Stack, *items: str) -> None:
    """Invalidate paths or cache tags with the code of `python -m ops invalidate`, and wait for CloudFront."""
    client, distribution, policy = stack.cloudfront(max_attempts=1), stack.output("distribution_id"), RetryPolicy()
    batches = split_into_batches(items, f"smoke-test-{new_run_name(datetime.now(UTC))}")
    ids = [invalidation.id for _, invalidation in send_batches(client, distribution, batches, policy)]
    deque(wait_until_completed(client, distribution, ids, policy, seconds=600), maxlen=0)


def wait_for(check: Callable[[], Result | None], expected: str, *, seconds: float) -> Result:
    """Call `check` until it returns a true value, and return this value. Fail after `seconds`."""
    deadline, pause = time.monotonic() + seconds, 0.1
    while time.monotonic() < deadline:
        if result := check():
            return result
        time.sleep(pause)
        pause = min(5, pause * 1.5)
    raise AssertionError(f"{expected} did not happen within {seconds:.0f} s")
