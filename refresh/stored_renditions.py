"""Deletes the stored renditions of a changed or removed original, so that CloudFront cannot read them again."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from common.cache_tags import stored_prefix
from refresh import clients
from refresh.original_versions import list_newest_versions

_CONCURRENCY: Final = 10


class DeletionFailed(Exception):
    """S3 did not delete all stored renditions of an original."""


def delete_stale_renditions(keys: Iterable[str]) -> None:
    """Delete the stored renditions of these originals, except those of the version that viewers see now.

    The key of a stored rendition contains the ETag of its original (edge/stored_rendition.py). A browser can keep the
    redirect to a stored rendition of the current version, so the function does not delete these renditions.

    Raises DeletionFailed, ClientError or BotoCoreError.
    """
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        list(pool.map(_delete_stale_renditions, set(keys)))


def _delete_stale_renditions(key: str) -> None:
    prefix = stored_prefix(key)
    pages = (
        clients.s3()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=clients.settings().renditions_bucket, Prefix=prefix)
    )
    for page in pages:
        names = [item.get("Key", "") for item in page.get("Contents", [])]
        if names:
            current_etag = _current_etag(key)
            _delete([name for name in names if _original_etag(name.removeprefix(prefix)) != current_etag])


def _current_etag(key: str) -> str | None:
    """Return the ETag of the version that viewers see, or None if there is none."""
    return next((version.etag for version in list_newest_versions(key) if version.is_current and version.etag), None)


def _original_etag(name: str) -> str:
    """Return the ETag in the name of a stored rendition, `<ETag of the original>-<digest>.<format>`."""
    return name.rpartition("-")[0]


def _delete(names: list[str]) -> None:
    # A page of a listing has at most 1000 keys, and so has one request.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    if names:
        response = clients.s3().delete_objects(
            Bucket=clients.settings().renditions_bucket,
            Delete={"Objects": [{"Key": name} for name in names], "Quiet": True},
        )
        errors = response.get("Errors", [])
        if errors:
            raise DeletionFailed(f"{len(errors)} of {len(names)}: {errors[0].get('Code')}")
