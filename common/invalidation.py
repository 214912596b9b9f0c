"""From names of originals and folders to CloudFront invalidations: items, batches, references, sending with policy.

Shared with what refreshes after an upload: nothing here prints, and only cache_tags.py and retry.py are imported.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from common.cache_tags import folder_tag, key_tag, tags
from common.retry import RetryPolicy, call_with_retry

EVERYTHING: Final = "/*"
"""The one wildcard that drops all that is cached; it bills as one path."""
MAX_BATCH_ITEMS: Final = 150
"""Paths and tags in a batch: what CloudFront takes in a second."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call sends."""

    items: tuple[str, ...]
    reference: str

    @property
    def invalidation_batch(self) -> dict[str, Any]:
        """As CreateInvalidation takes it."""
        paths = {"Quantity": len(self.items), "Items": list(self.items)}
        return {"Paths": paths, "CallerReference": self.reference}


@dataclass(frozen=True, slots=True)
class Invalidation:
    """What CloudFront made of a batch, now or when the same batch was first sent."""

    id: str
    done: bool


class StillInProgress(Exception):
    """CloudFront goes on with it; nobody waits any more."""


def invalidation_item(name: str) -> str:
    """A key's or, with its slash at the end, a folder's."""
    return f"#{folder_tag(name) if name.endswith('/') else key_tag(name)}"


def has_tag(name: str) -> bool:
    """False for a folder so deep that no answer carries its tag."""
    return not name.endswith("/") or folder_tag(name) in tags(f"{name}x")


def split_into_batches(items: Iterable[str], run: str) -> list[Batch]:
    """Of at most MOST items. Within one `run`, the same items are always sent under the same reference.

    CloudFront answers a reference that it knows with the invalidation of then, and bills nothing. So what is tried
    again belongs to the run of the first time; what is purged again belongs to a new one, or it would do nothing.
    """
    rest = iter(items)
    parts = iter(lambda: tuple(islice(rest, MAX_BATCH_ITEMS)), ())
    return [Batch(part, f"{run}-{_digest(part)}") for part in parts]


def new_run_name(now: datetime) -> str:
    """A name that nobody had before, in order of time."""
    return f"{now:%Y%m%dT%H%M%S}-{random.getrandbits(24):06x}"  # a name, not a secret


def send_batch(client: Any, distribution: str, batch: Batch, policy: RetryPolicy) -> Invalidation:
    """One call, tried again under the same reference. ClientError and BotoCoreError when it is refused for good."""
    made = call_with_retry(
        lambda: client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch.invalidation_batch),
        policy,
    )["Invalidation"]
    return Invalidation(made["Id"], _has_completed_status(made))


def send_batches(
    client: Any, distribution: str, several: Sequence[Batch], policy: RetryPolicy
) -> Iterator[tuple[Batch, Invalidation]]:
    """Each when it is sent, no faster than CloudFront takes them. Raises as `send` does; what is sent stays sent."""
    for number, batch in enumerate(several):
        if number:
            policy.sleep(len(several[number - 1].items) / policy.items_per_second)
        yield batch, send_batch(client, distribution, batch, policy)


def wait_until_completed(
    client: Any, distribution: str, ids: Iterable[str], policy: RetryPolicy, *, seconds: float
) -> Iterator[str]:
    """Each when CloudFront is done with it, in the order given; StillInProgress after that much waiting."""
    waited, pause = 0.0, 1.0
    for id_ in ids:
        while not _is_completed(client, distribution, id_, policy):
            if waited >= seconds:
                raise StillInProgress(id_)
            policy.sleep(pause)
            waited, pause = waited + pause, min(10.0, pause * 1.5)
        yield id_


def _is_completed(client: Any, distribution: str, id_: str, policy: RetryPolicy) -> bool:
    found = call_with_retry(lambda: client.get_invalidation(DistributionId=distribution, Id=id_), policy)
    return _has_completed_status(found["Invalidation"])


def _has_completed_status(invalidation: Any) -> bool:
    return str(invalidation["Status"]).lower() == "completed"


def _digest(items: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:32]
