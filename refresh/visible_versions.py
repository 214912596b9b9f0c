"""Decides whether a change of an original can leave stale renditions in the cache.

S3's event of a removed version does not say whether viewers saw this version. So the refresh function keeps a record
for each overwritten or removed original: the version that was current when the function invalidated the original last.
docs/decisions/30-limit-invalidations.md shows why events that come twice, late or in another order do no harm.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from common.cache_tags import name_digest
from common.contract import VISIBLE_VERSIONS_PREFIX
from refresh import clients
from refresh.messages import Change
from refresh.original_versions import OriginalVersion, list_newest_versions

_MIN_VERSION_LIFETIME: Final = timedelta(hours=12)
"""The age of a change up to which S3 still has the previous version, which expires after a day at the earliest."""
_MAX_ATTEMPTS: Final = 5
_CONFLICTS: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""The errors of a conditional write if another process has written or removed the record since it was read.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""
_MISSING: Final = frozenset({"NoSuchKey", "404", "AccessDenied"})
"""The errors of a read if there is no record. S3 returns AccessDenied to a role that may not list the prefix."""
_NO_IDENTITY: Final = frozenset({"", "null"})
"""Version ids that do not identify a version. A bucket without versioning overwrites the version `null`."""


class RecordConflict(Exception):
    """Other processes changed the record of the same original in each attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    version: str
    """The id of the version that was current when the record was written; empty if there was none."""
    etag: str


def can_leave_stale_renditions(change: Change) -> bool:
    """Return whether CloudFront can have a response that was made before the change. If so, update the record.

    The caller must then invalidate the original, also if the change is an old one: the record says that an
    invalidation followed. Raises RecordConflict, ClientError or BotoCoreError.
    """
    for _ in range(_MAX_ATTEMPTS):
        # The record is read before the versions are listed, and written only if it is still the same. So a record is
        # never replaced by an older one.
        record = _read_record(change.key)
        versions = list_newest_versions(change.key)
        if _is_first_upload(change, versions) or _was_invisible(change, record, versions):
            return False
        if _replace_record(change.key, record, versions):
            return True
    raise RecordConflict(f"other processes changed the record in {_MAX_ATTEMPTS} attempts")


def _is_first_upload(change: Change, versions: Sequence[OriginalVersion]) -> bool:
    """Return whether the original did not exist before the change.

    For a missing original, CloudFront caches a 404 with a short TTL. An unnecessary invalidation does no harm.
    """
    is_recent = datetime.now(UTC) - change.time <= _MIN_VERSION_LIFETIME
    is_only_version = [version.id for version in versions] == [change.version]
    return not change.is_removal and is_recent and is_only_version and change.version not in _NO_IDENTITY


def _was_invisible(change: Change, record: _Record | None, versions: Sequence[OriginalVersion]) -> bool:
    """Return whether the change removed a version that viewers have not seen since the last invalidation."""
    if not change.is_removal_of_version or change.version in _NO_IDENTITY or record is None or not versions:
        return False
    current = versions[0]
    return current.is_current and record.version == current.id and current.id not in {change.version, *_NO_IDENTITY}


def _read_record(key: str) -> _Record | None:
    try:
        response = clients.s3().get_object(Bucket=clients.settings().renditions_bucket, Key=_record_key(key))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _MISSING:
            return None
        raise
    return _Record(version=json.loads(response["Body"].read())["version"], etag=response["ETag"])


def _replace_record(key: str, record: _Record | None, versions: Sequence[OriginalVersion]) -> bool:
    """Write the current version into the record, and return whether the record was still the one that was read."""
    current = versions[0].id if versions and versions[0].is_current else ""
    # The random text gives every record another ETag, also if two records name the same version.
    body = json.dumps({"version": current, "random": secrets.token_hex(8)})
    condition: Any = {"IfMatch": record.etag} if record else {"IfNoneMatch": "*"}
    try:
        # The role may not use the KMS key of the bucket, and the record contains nothing of the original.
        clients.s3().put_object(
            Bucket=clients.settings().renditions_bucket,
            Key=_record_key(key),
            Body=body.encode(),
            ServerSideEncryption="AES256",
            **condition,
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _CONFLICTS:
            return False
        raise
    return True


def _record_key(key: str) -> str:
    return f"{VISIBLE_VERSIONS_PREFIX}{name_digest(key)}"
