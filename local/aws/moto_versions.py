"""S3's list of versions, quickly: moto copies every object of the bucket for each call, whatever the prefix."""

import copy
from types import SimpleNamespace
from typing import Any

from moto.s3.models import S3Backend
from moto.s3.utils import _VersionedKeyStore  # pyright: ignore[reportPrivateUsage]


def list_quickly() -> None:
    """From here on only what begins with the prefix is looked at."""
    plain = S3Backend.list_object_versions

    def listed(backend: Any, bucket_name: str, *arguments: Any, prefix: str = "", **more: Any) -> Any:
        bucket = copy.copy(backend.get_bucket(bucket_name))
        everything, bucket.keys = bucket.keys, _VersionedKeyStore()
        for name in [name for name in everything if name.startswith(prefix)]:
            bucket.keys.setlist(name, everything.getlist(name))
        return plain(SimpleNamespace(get_bucket=lambda _: bucket), bucket_name, *arguments, prefix=prefix, **more)  # type: ignore[arg-type]

    S3Backend.list_object_versions = listed  # type: ignore[method-assign]
