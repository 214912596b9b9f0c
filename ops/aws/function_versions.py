"""The published versions of the edge function: listing, classification and deletion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from common.retry import error_code
from ops.aws.error_messages import error_message, explain

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cloudfront.type_defs import DistributionSummaryTypeDef
    from types_boto3_lambda import LambdaClient

_REPLICATED: Final = "because it is a replicated function"
"""A part of Lambda's error message for a version that still has replicas.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
"""


class Retention(Enum):
    """The reason why `sweep` keeps a version, or DELETABLE if there is no reason."""

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
    """A published version. `$LATEST`, which is not published, has no number."""

    number: int
    arn: str
    modified: str
    """The time of publication, in the format of the Lambda API."""
    size: int
    """The size of the bundle in bytes."""


Target = Version | None
"""The target of a deletion: a version, or None for the function with all its versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedVersion:
    """A version of the edge function, and whether `sweep` keeps it or can delete it."""

    version: Version
    retention: Retention
    used_by: str = ""
    """The IDs of the distributions that use the version, or "the stack"; empty for an unused version."""

    @property
    def is_deletable(self) -> bool:
        """Whether no distribution uses the version, and `sweep` has no other reason to keep the version."""
        return self.retention is Retention.DELETABLE

    @property
    def reason(self) -> str:
        """The reason why the version is kept, as text; empty for a version that can be deleted."""
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
    """The result of an attempt to delete a target."""

    outcome: DeletionOutcome
    text: str
    """The outcome, or the reason of a failure, as text."""


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
    """Return the IDs of the distributions that use a version, by the ARN of the version.

    A distribution uses a version if any of its cache behaviors does. The function searches all distributions of the
    account, not only the distribution of the stack.
    """
    distributions: dict[str, list[str]] = {}
    for page in client.get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            for arn in set(_associated_arns(distribution)):
                distributions.setdefault(arn, []).append(distribution["Id"])
    return distributions


def classify_versions(
    versions: Sequence[Version], distributions: Mapping[str, Sequence[str]], *, current: str | None, keep: int
) -> list[ClassifiedVersion]:
    """Classify the versions, which must be sorted from the newest to the oldest.

    `distributions` is the result of `find_distributions_by_version`. `current` is the ARN in the outputs of the stack.
    The `keep` newest versions are kept for a rollback. The newest version is always kept.
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


def delete_version(client: "LambdaClient", function: str, target: Target) -> Deletion:
    """Delete a version or the function. A target that does not exist counts as deleted."""
    try:
        if target:
            client.delete_function(FunctionName=function, Qualifier=str(target.number))
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
