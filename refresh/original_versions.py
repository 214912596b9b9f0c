"""The versions of an original in its bucket."""

from dataclasses import dataclass
from typing import Any

from refresh import clients


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalVersion:
    """One version of an original, or a delete marker."""

    id: str
    etag: str
    """The ETag without quotation marks; empty for a delete marker."""
    is_current: bool
    """Whether viewers get this version. If the current version is a delete marker, viewers get status 404."""


def list_newest_versions(key: str) -> list[OriginalVersion]:
    """Return the two newest versions of an original, the current one first.

    S3 lists keys in the order of their bytes, so the key itself comes before longer keys that begin with it. It lists
    the versions of a key from the newest to the oldest.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    response = clients.s3().list_object_versions(Bucket=clients.settings().bucket, Prefix=key, MaxKeys=2)
    entries: list[Any] = [*response.get("Versions", []), *response.get("DeleteMarkers", [])]
    versions = [
        OriginalVersion(id=entry["VersionId"], etag=entry.get("ETag", "").strip('"'), is_current=entry["IsLatest"])
        for entry in entries
        if entry["Key"] == key
    ]
    return sorted(versions, key=lambda version: not version.is_current)
