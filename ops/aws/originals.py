"""The bucket of the originals: which keys and folders of a command line it has, or had."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONCURRENCY: Final = 10
"""The number of concurrent requests, which is the number of connections of a client of botocore."""


def find_unknown_names(
    client: "S3Client", bucket: str, names: Sequence[str], advance: Callable[[int], None]
) -> list[str]:
    """Return the keys without a version, and the folders without an original below them, in the order of `names`.

    A delete marker counts as a version, because the caches can contain renditions of a deleted original. The function
    calls `advance` for each name. Raises ClientError or BotoCoreError if S3 refuses a request or cannot be reached.
    """
    executor = ThreadPoolExecutor(_CONCURRENCY)
    unknown: list[str] = []
    try:
        results = executor.map(lambda name: has_version(client, bucket, name), names)
        for name, is_known in zip(names, results, strict=True):
            advance(1)
            if not is_known:
                unknown.append(name)
    finally:
        executor.shutdown(cancel_futures=True)
    return unknown


def has_version(client: "S3Client", bucket: str, name: str) -> bool:
    """Return whether the bucket has a version of this key, or of any key below this folder.

    S3 lists versions in the order of their keys, so the key itself precedes all other keys that begin with it.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    response = client.list_object_versions(Bucket=bucket, Prefix=name, MaxKeys=1)
    keys = [entry.get("Key") for entry in (*response.get("Versions", ()), *response.get("DeleteMarkers", ()))]
    return bool(keys) if name.endswith("/") else name in keys
