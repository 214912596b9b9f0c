"""The published versions of the edge function: which are in use, which are kept, and how to delete the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.aws.error_messages import error_code, error_message, explain

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudfront.type_defs import DistributionSummaryTypeDef
    from types_boto3_lambda import LambdaClient

_REPLICATED: Final = "because it is a replicated function"
"""A part of Lambda's message.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
"""


class Retention(Enum):
    """Why `sweep` keeps a version, or that it can delete the version."""

    IN_USE = "in use"
    NEWEST = "newest"
    KEPT = "kept"
    DELETABLE = "deletable"


class DeletionOutcome(StrEnum):
    """How an attempt to delete a version ended."""

    DELETED = "deleted"
    STILL_REPLICATED = "still replicated"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published, and therefore numbered, version."""

    number: int
    arn: str
    modified: str
    """The time of publication, in the format of the Lambda API."""
    size: int
    """The size of the bundle in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedVersion:
    """A version, and why it is kept."""

    version: Version
    retention: Retention
    used_by: str = ""
    """The ids of the distributions that use the version, or "the stack"."""

    @property
    def is_deletable(self) -> bool:
        """Whether nothing uses the version and no rule keeps it."""
        return self.retention is Retention.DELETABLE

    @property
    def reason(self) -> str:
        """Why the version is kept, for people; empty for a version that can be deleted."""
        match self.retention:
            case Retention.IN_USE:
                return f"used by {self.used_by}"
            case Retention.NEWEST:
                return "the newest"
            case Retention.KEPT:
                return "kept for rollback"
            case Retention.DELETABLE:
                return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The result of an attempt to delete a version or the function."""

    outcome: DeletionOutcome
    text: str
    """The outcome for people."""


DELETED: Final = Deletion(outcome=DeletionOutcome.DELETED, text="deleted")
STILL_REPLICATED: Final = Deletion(
    outcome=DeletionOutcome.STILL_REPLICATED, text="its replicas still exist: try again in a few hours"
)


def list_versions(client: "LambdaClient", function: str) -> list[Version]:
    """Return the published versions, newest first. The list is empty if the function does not exist."""
    try:
        pages = list(client.get_paginator("list_versions_by_function").paginate(FunctionName=function))
    except client.exceptions.ResourceNotFoundException:
        return []
    configurations: list[Any] = [configuration for page in pages for configuration in page["Versions"]]
    versions = [
        Version(
            number=int(configuration["Version"]),
            arn=configuration["FunctionArn"],
            modified=configuration["LastModified"],
            size=configuration["CodeSize"],
        )
        for configuration in configurations
        if configuration["Version"] != "$LATEST"
    ]
    return sorted(versions, key=lambda version: -version.number)


def find_distributions_by_version(client: "CloudFrontClient") -> dict[str, list[str]]:
    """Return the ids of the account's distributions that use a version in any cache behavior, by the version's ARN."""
    distributions: dict[str, list[str]] = {}
    for page in client.get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            for arn in set(_associated_arns(distribution)):
                distributions.setdefault(arn, []).append(distribution["Id"])
    return distributions


def classify_versions(
    versions: Sequence[Version], distributions: Mapping[str, Sequence[str]], *, current: str | None, keep: int
) -> list[ClassifiedVersion]:
    """Decide for each of `versions` (newest first) whether it is kept.

    `distributions` is the result of `find_distributions_by_version`, `current` the ARN in the outputs of the stack.
    The `keep` newest versions are kept for a rollback, and the newest always.
    """
    classified: list[ClassifiedVersion] = []
    for index, version in enumerate(versions):
        used_by = ", ".join(sorted(distributions.get(version.arn, [])))
        if not used_by and version.arn == current:
            used_by = "the stack"
        if used_by:
            retention = Retention.IN_USE
        elif index == 0:
            retention = Retention.NEWEST
        elif index < keep:
            retention = Retention.KEPT
        else:
            retention = Retention.DELETABLE
        classified.append(ClassifiedVersion(version=version, retention=retention, used_by=used_by))
    return classified


def delete_version(client: "LambdaClient", function: str, version: Version | None) -> Deletion:
    """Delete one version, or the function with all its versions if `version` is None."""
    try:
        if version:
            client.delete_function(FunctionName=function, Qualifier=str(version.number))
        else:
            client.delete_function(FunctionName=function)
    except ClientError as error:
        if _REPLICATED in error_message(error):
            return STILL_REPLICATED
        if error_code(error) != "ResourceNotFoundException":
            return Deletion(outcome=DeletionOutcome.FAILED, text=explain(error))
    return DELETED


def _associated_arns(distribution: "DistributionSummaryTypeDef") -> Iterator[str]:
    behaviors = (distribution["DefaultCacheBehavior"], *distribution.get("CacheBehaviors", {}).get("Items", []))
    for behavior in behaviors:
        for association in behavior.get("LambdaFunctionAssociations", {}).get("Items", []):
            yield association["LambdaFunctionARN"]
