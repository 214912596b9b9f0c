"""Placeholder until the commands' own is merged."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    items: tuple[str, ...]
    reference: str


def send(client: Any, distribution: str, batch: Batch) -> str:
    paths = {"Quantity": len(batch.items), "Items": [*batch.items]}
    made = client.create_invalidation(
        DistributionId=distribution, InvalidationBatch={"CallerReference": batch.reference, "Paths": paths}
    )
    return made["Invalidation"]["Id"]
