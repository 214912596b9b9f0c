"""Versions of the edge function: which of them somebody uses, which are kept, and which can go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.aws.error_messages import code, message, sentence

_REPLICATED: Final = "because it is a replicated function"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html"""
WAITING: Final = "its replicas are still there: try again in a few hours"

GONE: Final = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Published, so numbered."""

    number: int
    arn: str
    modified: str
    """As Lambda writes times."""
    size: int
    """Bytes of its bundle."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a version stays; without a reason it can go."""

    version: Version
    stays: str


def versions(client: Any, function: str) -> list[Version]:
    """Newest first; empty if there is no such function."""
    try:
        pages = list(client.get_paginator("list_versions_by_function").paginate(FunctionName=function))
    except client.exceptions.ResourceNotFoundException:
        return []
    numbered = [one for page in pages for one in page["Versions"] if one["Version"] != "$LATEST"]
    found = [
        Version(number=int(one["Version"]), arn=one["FunctionArn"], modified=one["LastModified"], size=one["CodeSize"])
        for one in numbered
    ]
    return sorted(found, key=lambda version: -version.number)


def users(client: Any) -> dict[str, list[str]]:
    """Which distributions of the account name which version, by its ARN; in whatever behaviour."""
    found: dict[str, list[str]] = {}
    for page in client.get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            for arn in set(_associated(distribution)):
                found.setdefault(arn, []).append(distribution["Id"])
    return found


def verdicts(
    found: Sequence[Version], used: Mapping[str, Sequence[str]], *, current: str | None, keep: int
) -> list[Verdict]:
    """`found` newest first; `keep` of them stay to go back to. `current` is what the stack says it uses."""
    told: list[Verdict] = []
    for place, version in enumerate(found):
        if version.arn in used:
            stays = f"used by {', '.join(sorted(used[version.arn]))}"
        elif version.arn == current:
            stays = "used by the stack"
        elif place == 0:
            stays = "the newest"
        else:
            stays = "kept to go back to" if place < keep else ""
        told.append(Verdict(version, stays))
    return told


def deleted(client: Any, function: str, version: Version | None) -> str:
    """GONE, WAITING, or why not; None is the function itself, with all its versions."""
    qualifier = {"Qualifier": str(version.number)} if version else {}
    try:
        client.delete_function(FunctionName=function, **qualifier)
    except ClientError as error:
        if _REPLICATED in message(error):
            return WAITING
        return GONE if code(error) == "ResourceNotFoundException" else sentence(error)
    return GONE


def _associated(distribution: Mapping[str, Any]) -> Iterator[str]:
    for behaviour in (distribution["DefaultCacheBehavior"], *distribution.get("CacheBehaviors", {}).get("Items", [])):
        for one in behaviour.get("LambdaFunctionAssociations", {}).get("Items", []):
            yield one["LambdaFunctionARN"]
