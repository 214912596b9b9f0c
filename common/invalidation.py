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

from common.cache_tags import MAX_TAGGED_FOLDERS, folder_tag, key_tag, tags
from common.retry import RetryPolicy, call_with_retry

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudfront.type_defs import InvalidationBatchTypeDef, InvalidationTypeDef

EVERYTHING: Final = "/*"
"""The wildcard that invalidates everything in the cache. CloudFront bills the wildcard as one path."""
MAX_BATCH_ITEMS: Final = 150
"""The maximum number of paths and tags in a batch: the number that CloudFront accepts per second."""

_FIRST_POLL_DELAY: Final = 1.0
"""The seconds between the first two polls."""
_POLL_DELAY_FACTOR: Final = 1.5
"""The factor by which the delay grows after each poll."""
_MAX_POLL_DELAY: Final = 10.0
"""The maximum number of seconds between two polls."""


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
    """The invalidation of a batch. If the same batch is sent again, CloudFront returns the same invalidation."""

    id: str
    is_completed: bool
    created_at: datetime | None = None
    """The time at which CloudFront first received the batch."""


class StillInProgress(Exception):
    """The invalidation did not complete within the time limit of the caller. CloudFront continues the invalidation."""


def invalidation_item(name: str) -> str:
    """Return the item that invalidates an original, or all originals below a folder. A folder ends in a slash."""
    return f"#{folder_tag(name) if name.endswith('/') else key_tag(name)}"


def covering_items(keys: Iterable[str], limit: int, *, max_depth: int = MAX_TAGGED_FOLDERS) -> set[str]:
    """Return at most `limit` items that invalidate all of these originals, and other originals with them.

    The items are the tags of the deepest folders, not deeper than `max_depth`, that are few enough. They are the
    wildcard if an original is in no folder, or if even the outermost folders are too many.
    """
    folders = [covering_tags(key)[1:] for key in keys]
    if not folders:
        return set()
    for depth in range(min(max_depth, max(map(len, folders))), 0, -1):
        items = {items[:depth][-1] if items else EVERYTHING for items in folders}
        if EVERYTHING not in items and len(items) <= limit:
            return items
    return {EVERYTHING}


def covering_tags(key: str) -> list[str]:
    """Return the items that invalidate an original: its own tag, and the tags of its folders, outermost first."""
    return [f"#{tag}" for tag in tags(key)]


def has_tag(name: str) -> bool:
    """Return whether responses have the tag of `name`. Responses have no tags of folders below the 48th level."""
    return not name.endswith("/") or folder_tag(name) in tags(f"{name}x")


def split_into_batches(items: Iterable[str], run: str) -> list[Batch]:
    """Return batches of at most `MAX_BATCH_ITEMS` items. `run` is the name of the run, a part of each caller reference.

    The caller reference depends only on `run` and the items. If CloudFront has received the reference before, it
    returns the earlier invalidation and bills nothing. Therefore use the name of the first run for a retry, and use a
    new name to invalidate the same items once more.
    """
    remaining = iter(items)
    chunks = iter(lambda: tuple(islice(remaining, MAX_BATCH_ITEMS)), ())
    return [Batch(chunk, f"{run}-{reference_digest(chunk)}") for chunk in chunks]


def new_run_name(now: datetime) -> str:
    """Return a unique name for a run. The alphabetical order of names is also their order in time, to the second."""
    return f"{now:%Y%m%dT%H%M%S}-{random.getrandbits(24):06x}"  # A name is not a secret.


def send_batch(client: "CloudFrontClient", distribution: str, batch: Batch, policy: RetryPolicy) -> Invalidation:
    """Send one batch, and return its invalidation. Retries use the same caller reference.

    Raises ClientError or BotoCoreError if CloudFront refuses the batch or cannot be reached.
    """
    response = call_with_retry(
        lambda: client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch.invalidation_batch),
        policy,
    )
    invalidation = response["Invalidation"]
    return Invalidation(invalidation["Id"], _is_completed(invalidation), invalidation.get("CreateTime"))


def send_batches(
    client: "CloudFrontClient", distribution: str, batches: Sequence[Batch], policy: RetryPolicy
) -> Iterator[tuple[Batch, Invalidation]]:
    """Send the batches in order, and yield each batch with its invalidation.

    At most `policy.items_per_second` items are sent per second. Raises the errors of `send_batch`. Batches that were
    sent before the error stay in effect.
    """
    for index, batch in enumerate(batches):
        if index:
            policy.sleep(len(batches[index - 1].items) / policy.items_per_second)
        yield batch, send_batch(client, distribution, batch, policy)


def wait_until_completed(
    client: "CloudFrontClient", distribution: str, ids: Iterable[str], policy: RetryPolicy, *, seconds: float
) -> Iterator[str]:
    """Yield each of the `ids`, in their order, when CloudFront has completed the invalidation with this id.

    Raises StillInProgress when the delays between polls add up to `seconds` or more.
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


def reference_digest(texts: Iterable[str]) -> str:
    """Return the part of a caller reference that is the same for the same texts in the same order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]
