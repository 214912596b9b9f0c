"""CloudFront invalidations of originals and folders: items, batches, caller references, sending and waiting.

The refresh function and the `invalidate` command use this module. It prints nothing.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from common.cache_tags import folder_tag, key_tag, tags
from common.retry import RetryPolicy, call_with_retry

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudfront.type_defs import InvalidationBatchTypeDef, InvalidationTypeDef

EVERYTHING: Final = "/*"
"""The wildcard that invalidates everything in the cache. CloudFront bills it as one path."""
MAX_BATCH_ITEMS: Final = 150
"""The paths and tags in a batch: as many as CloudFront accepts per second."""

_FIRST_POLL_DELAY: Final = 1.0
_POLL_DELAY_FACTOR: Final = 1.5
_MAX_POLL_DELAY: Final = 10.0


@dataclass(frozen=True, slots=True)
class Batch:
    """The items and the caller reference of one CreateInvalidation call."""

    items: tuple[str, ...]
    reference: str

    @property
    def invalidation_batch(self) -> "InvalidationBatchTypeDef":
        """The `InvalidationBatch` argument of CreateInvalidation."""
        return {
            "Paths": {"Quantity": len(self.items), "Items": list(self.items)},
            "CallerReference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class Invalidation:
    """CloudFront's response to a batch, which is the same when the same batch is sent again."""

    id: str
    is_completed: bool


class StillInProgress(Exception):
    """The invalidation did not complete within the given time. CloudFront continues it."""


def invalidation_item(name: str) -> str:
    """Return the item that invalidates an original, or everything below a folder. A folder ends in a slash."""
    return f"#{folder_tag(name) if name.endswith('/') else key_tag(name)}"


def has_tag(name: str) -> bool:
    """Return whether responses carry the tag of `name`. They do not for folders below the 48th level."""
    return not name.endswith("/") or folder_tag(name) in tags(f"{name}x")


def split_into_batches(items: Iterable[str], run: str) -> list[Batch]:
    """Return batches of at most `MAX_BATCH_ITEMS` items. In one `run`, the same items always have the same reference.

    For a reference that it knows, CloudFront returns the earlier invalidation, and bills nothing. A retry therefore
    needs the name of the first run. To invalidate the same items once more, use a new name, or the call has no effect.
    """
    remaining = iter(items)
    chunks = iter(lambda: tuple(islice(remaining, MAX_BATCH_ITEMS)), ())
    return [Batch(chunk, f"{run}-{_digest(chunk)}") for chunk in chunks]


def new_run_name(now: datetime) -> str:
    """Return a unique name for a run. Names sort by time."""
    return f"{now:%Y%m%dT%H%M%S}-{random.getrandbits(24):06x}"  # a name, not a secret


def send_batch(client: "CloudFrontClient", distribution: str, batch: Batch, policy: RetryPolicy) -> Invalidation:
    """Send one batch. Retries use the same reference. Raises ClientError or BotoCoreError if CloudFront refuses it."""
    response = call_with_retry(
        lambda: client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch.invalidation_batch),
        policy,
    )
    invalidation = response["Invalidation"]
    return Invalidation(invalidation["Id"], _is_completed(invalidation))


def send_batches(
    client: "CloudFrontClient", distribution: str, batches: Sequence[Batch], policy: RetryPolicy
) -> Iterator[tuple[Batch, Invalidation]]:
    """Send the batches in order, at most `policy.items_per_second`, and yield each with its invalidation.

    Raises the errors of `send_batch`. Batches that were sent before the error stay in effect.
    """
    for index, batch in enumerate(batches):
        if index:
            policy.sleep(len(batches[index - 1].items) / policy.items_per_second)
        yield batch, send_batch(client, distribution, batch, policy)


def wait_until_completed(
    client: "CloudFrontClient", distribution: str, ids: Iterable[str], policy: RetryPolicy, *, seconds: float
) -> Iterator[str]:
    """Yield each id, in the given order, when CloudFront has completed the invalidation.

    Raises StillInProgress after a total of `seconds` of waiting.
    """
    waited, delay = 0.0, _FIRST_POLL_DELAY
    for id_ in ids:
        while not _poll(client, distribution, id_, policy):
            if waited >= seconds:
                raise StillInProgress(id_)
            policy.sleep(delay)
            waited, delay = waited + delay, min(_MAX_POLL_DELAY, delay * _POLL_DELAY_FACTOR)
        yield id_


def _poll(client: "CloudFrontClient", distribution: str, id_: str, policy: RetryPolicy) -> bool:
    response = call_with_retry(lambda: client.get_invalidation(DistributionId=distribution, Id=id_), policy)
    return _is_completed(response["Invalidation"])


def _is_completed(invalidation: "InvalidationTypeDef") -> bool:
    return invalidation["Status"].lower() == "completed"


def _digest(items: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:32]
