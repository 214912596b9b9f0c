"""Whether changes cause invalidations, with moto's S3 and with events in any order."""

import itertools
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from refresh import visible_versions
from refresh.messages import Change
from refresh.visible_versions import can_leave_stale_renditions
from tests.refresh.conftest import Buckets

KEY = "cats/1.jpg"


def created(version: str, *, hours_ago: float = 0) -> Change:
    return change(version, is_removal=False, hours_ago=hours_ago)


def removed(version: str) -> Change:
    return change(version, is_removal=True, is_removal_of_version=True)


def marked(version: str) -> Change:
    """Return the creation of a delete marker."""
    return change(version, is_removal=True)


def change(version: str, *, is_removal: bool, is_removal_of_version: bool = False, hours_ago: float = 0) -> Change:
    return Change(
        key=KEY,
        version=version,
        is_removal=is_removal,
        is_removal_of_version=is_removal_of_version,
        time=datetime.now(UTC) - timedelta(hours=hours_ago),
        id=version,
    )


def test_first_upload_leaves_nothing_stale_but_overwriting_does(buckets: Buckets) -> None:
    buckets.put(f"{KEY}.backup")
    first = buckets.put(KEY)
    assert not can_leave_stale_renditions(created(first))

    second = buckets.put(KEY)
    assert can_leave_stale_renditions(created(second))
    assert can_leave_stale_renditions(created(first)), "the event of the first upload is late"


def test_upload_is_checked_as_an_overwrite_if_its_version_is_unclear(buckets: Buckets) -> None:
    first = buckets.put(KEY)

    assert can_leave_stale_renditions(created(first, hours_ago=13)), "the previous version may have expired"
    assert can_leave_stale_renditions(created("null"))
    assert can_leave_stale_renditions(created(""))


def test_removal_of_a_noncurrent_version_leaves_nothing_stale(buckets: Buckets) -> None:
    first, second, third = (buckets.put(KEY) for _ in range(3))
    assert can_leave_stale_renditions(created(second))
    assert can_leave_stale_renditions(created(third))

    for version in (first, second):
        buckets.delete(KEY, version)
        assert not can_leave_stale_renditions(removed(version))
        assert not can_leave_stale_renditions(removed(version)), "S3 can send an event twice"


def test_removal_of_what_viewers_see_leaves_stale_renditions(buckets: Buckets) -> None:
    first, second = buckets.put(KEY), buckets.put(KEY)
    assert can_leave_stale_renditions(created(second))

    marker = buckets.delete(KEY)
    assert can_leave_stale_renditions(marked(marker))
    buckets.delete(KEY, marker)
    assert can_leave_stale_renditions(removed(marker)), "viewers see the second version again"
    buckets.delete(KEY, second)
    assert can_leave_stale_renditions(removed(second))
    buckets.delete(KEY, first)
    assert can_leave_stale_renditions(removed(first))


def test_versions_below_a_delete_marker_are_removed_without_invalidation(buckets: Buckets) -> None:
    first, second = buckets.put(KEY), buckets.put(KEY)
    marker = buckets.delete(KEY)
    assert can_leave_stale_renditions(marked(marker))

    for version in (first, second):
        buckets.delete(KEY, version)
        assert not can_leave_stale_renditions(removed(version))


def test_removal_without_a_record_leaves_stale_renditions(buckets: Buckets) -> None:
    first = buckets.put(KEY)
    buckets.put(KEY)
    buckets.delete(KEY, first)

    assert can_leave_stale_renditions(removed(first))
    assert can_leave_stale_renditions(removed(""))
    assert can_leave_stale_renditions(removed("null"))


def interleavings() -> list[tuple[str, ...]]:
    """Return every order of three changes and of the processing of their events, which can be late.

    The changes are: W is uploaded, V is uploaded over W, and V is removed. Viewers see V in between.
    """
    changes = ("put W", "put V", "delete V")
    steps = [*changes, *(f"process {name}" for name in changes)]
    return [
        order
        for order in itertools.permutations(steps)
        if all(order.index(a) < order.index(b) for a, b in itertools.pairwise(changes))
        and all(order.index(name) < order.index(f"process {name}") for name in changes)
    ]


@pytest.mark.parametrize("has_older_version", [True, False])
def test_removal_is_covered_whatever_the_order_of_events(has_older_version: bool, buckets: Buckets) -> None:
    """After V, which viewers saw, has been removed, at least one event causes an invalidation."""
    orders = interleavings()

    assert len(orders) == 15
    for order in orders:
        key = f"{has_older_version} {order}"
        if has_older_version:
            buckets.put(key)
        versions: dict[str, str] = {}
        is_removed = is_covered = False
        for step in order:
            action, _, name = step.partition(" ")
            if action == "put":
                versions[name] = buckets.put(key)
            elif action == "delete":
                buckets.delete(key, versions[name])
                is_removed = True
            else:
                event = removed(versions["V"]) if name == "delete V" else created(versions[name.split()[1]])
                stale = can_leave_stale_renditions(replace(event, key=key))
                is_covered |= stale and is_removed
        assert is_covered, order


def test_record_is_not_overwritten_with_an_older_one(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process reads the versions, and is slow; meanwhile another process handles a newer upload and its record."""
    buckets.put(KEY)
    older = buckets.put(KEY)
    list_versions = visible_versions.list_newest_versions
    newer: list[str] = []

    def slow_list(key: str) -> Any:
        versions = list_versions(key)
        if not newer:
            newer.append(buckets.put(KEY))
            assert can_leave_stale_renditions(created(newer[0]))
        return versions

    monkeypatch.setattr(visible_versions, "list_newest_versions", slow_list)
    assert can_leave_stale_renditions(created(older))

    buckets.delete(KEY, newer[0])
    assert can_leave_stale_renditions(removed(newer[0]))


def test_one_original_in_many_threads_keeps_a_record(buckets: Buckets) -> None:
    versions = [buckets.put(KEY) for _ in range(3)]
    threads = [threading.Thread(target=can_leave_stale_renditions, args=(created(version),)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    buckets.delete(KEY, versions[0])
    assert not can_leave_stale_renditions(removed(versions[0]))


def test_record_is_encrypted_without_the_key_of_the_originals(buckets: Buckets) -> None:
    buckets.put(KEY)
    assert can_leave_stale_renditions(created(buckets.put(KEY)))

    (item,) = buckets.s3.list_objects_v2(Bucket="renditions")["Contents"]
    assert item["Key"].startswith(".versions/")
    assert KEY not in item["Key"]
    assert buckets.s3.head_object(Bucket="renditions", Key=item["Key"])["ServerSideEncryption"] == "AES256"
