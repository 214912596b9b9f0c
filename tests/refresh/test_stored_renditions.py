from common.cache_tags import stored_prefix
from refresh.stored_renditions import delete_stale_renditions
from tests.refresh.conftest import Buckets

KEY = "cats/1.jpg"


def store(buckets: Buckets, key: str, etag: str, digest: str = "0123456789abcdef") -> str:
    name = f"{stored_prefix(key)}{etag}-{digest}.png"
    buckets.s3.put_object(Bucket="renditions", Key=name, Body=b"x")
    return name


def current_etag(buckets: Buckets) -> str:
    return buckets.s3.head_object(Bucket="originals", Key=KEY)["ETag"].strip('"')


def test_only_renditions_of_older_versions_of_the_original_are_deleted(buckets: Buckets) -> None:
    buckets.put(KEY, b"old")
    store(buckets, KEY, current_etag(buckets))
    buckets.put(KEY, b"new")
    current = current_etag(buckets)
    store(buckets, KEY, f"{current}-2")
    kept = {store(buckets, KEY, current), store(buckets, f"{KEY}2", "abc"), store(buckets, "cats/", "abc")}

    delete_stale_renditions([KEY, "cats/none.jpg"])

    assert set(buckets.renditions()) == kept


def test_all_renditions_of_a_removed_original_are_deleted(buckets: Buckets) -> None:
    buckets.put(KEY)
    for number in range(12):
        store(buckets, KEY, current_etag(buckets) if number < 2 else "abc", f"{number:016x}")
    buckets.delete(KEY)

    delete_stale_renditions([KEY])

    assert buckets.renditions() == []
