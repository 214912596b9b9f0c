"""Deletes the stored renditions of a changed or removed original, so that CloudFront cannot read them again."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Final

from common.cache_tags import stored_prefix
from refresh import clients
from refresh.original_versions import list_newest_versions

_CONCURRENCY: Final = 10


def delete_stale_renditions(keys: Iterable[str]) -> None:
    """Delete the stored renditions of these originals, except those of the version that viewers see now.

    The key of a stored rendition contains the ETag of its original (edge/stored_rendition.py). A browser can keep the
    redirect to a stored rendition of the current version, so the function does not delete these renditions.

    Raises ClientError or BotoCoreError.
    """
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        names = list(chain.from_iterable(pool.map(_list_stale_renditions, set(keys))))
        list(pool.map(_delete, names))


def _list_stale_renditions(key: str) -> list[str]:
    prefix = stored_prefix(key)
    pages = (
        clients.s3()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=clients.settings().renditions_bucket, Prefix=prefix)
    )
    names = [item.get("Key", "") for page in pages for item in page.get("Contents", [])]
    if not names:
        return []
    current_etag = _current_etag(key)
    return [name for name in names if _original_etag(name.removeprefix(prefix)) != current_etag]


def _current_etag(key: str) -> str | None:
    """Return the ETag of the version that viewers see, or None if there is none."""
    return next((version.etag for version in list_newest_versions(key) if version.is_current and version.etag), None)


def _original_etag(name: str) -> str:
    """Return the ETag in the name of a stored rendition, `<ETag of the original>-<digest>.<format>`."""
    return name.rpartition("-")[0]


def _delete(name: str) -> None:
    clients.s3().delete_object(Bucket=clients.settings().renditions_bucket, Key=name)
