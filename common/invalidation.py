"""From names of originals and folders to CloudFront invalidations: items, batches, references, sending with patience.

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
from common.retry import Patience, patiently

EVERYTHING: Final = "/*"
"""The one wildcard that drops all that is cached; it bills as one path."""
MOST: Final = 150
"""Paths and tags in a batch: what CloudFront takes in a second."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call sends."""

    items: tuple[str, ...]
    reference: str

    @property
    def argument(self) -> dict[str, Any]:
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


def item(name: str) -> str:
    """A key's or, with its slash at the end, a folder's."""
    return f"#{folder_tag(name) if name.endswith('/') else key_tag(name)}"


def tagged(name: str) -> bool:
    """False for a folder so deep that no answer carries its tag."""
    return not name.endswith("/") or folder_tag(name) in tags(f"{name}x")


def batches(items: Iterable[str], run: str) -> list[Batch]:
    """Of at most MOST items. Within one `run`, the same items are always sent under the same reference.

    CloudFront answers a reference that it knows with the invalidation of then, and bills nothing. So what is tried
    again belongs to the run of the first time; what is purged again belongs to a new one, or it would do nothing.
    """
    rest = iter(items)
    parts = iter(lambda: tuple(islice(rest, MOST)), ())
    return [Batch(part, f"{run}-{_digest(part)}") for part in parts]


def new_run(now: datetime) -> str:
    """A name that nobody had before, in order of time."""
    return f"{now:%Y%m%dT%H%M%S}-{random.getrandbits(24):06x}"  # a name, not a secret


def send(client: Any, distribution: str, batch: Batch, patience: Patience) -> Invalidation:
    """One call, tried again under the same reference. ClientError and BotoCoreError when it is refused for good."""
    made = patiently(
        lambda: client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch.argument), patience
    )["Invalidation"]
    return Invalidation(made["Id"], _done(made))


def send_all(
    client: Any, distribution: str, several: Sequence[Batch], patience: Patience
) -> Iterator[tuple[Batch, Invalidation]]:
    """Each when it is sent, no faster than CloudFront takes them. Raises as `send` does; what is sent stays sent."""
    for number, batch in enumerate(several):
        if number:
            patience.sleep(len(several[number - 1].items) / patience.per_second)
        yield batch, send(client, distribution, batch, patience)


def completed(
    client: Any, distribution: str, ids: Iterable[str], patience: Patience, *, seconds: float
) -> Iterator[str]:
    """Each when CloudFront is done with it, in the order given; StillInProgress after that much waiting."""
    waited, pause = 0.0, 1.0
    for id_ in ids:
        while not _look(client, distribution, id_, patience):
            if waited >= seconds:
                raise StillInProgress(id_)
            patience.sleep(pause)
            waited, pause = waited + pause, min(10.0, pause * 1.5)
        yield id_


def _look(client: Any, distribution: str, id_: str, patience: Patience) -> bool:
    found = patiently(lambda: client.get_invalidation(DistributionId=distribution, Id=id_), patience)
    return _done(found["Invalidation"])


def _done(invalidation: Any) -> bool:
    return str(invalidation["Status"]).lower() == "completed"


def _digest(items: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:32]
