"""Invalidations, sent to a test server that takes the place of CloudFront."""

import itertools
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from common.cache_tags import folder_tag, key_tag
from common.invalidation import (
    EVERYTHING,
    Batch,
    StillInProgress,
    covering_items,
    covering_tags,
    has_tag,
    invalidation_item,
    new_run_name,
    send_batch,
    send_batches,
    split_into_batches,
    wait_until_completed,
)
from common.retry import RetryPolicy
from tests.support.aws_servers import Call, ScriptedResponse, error_xml, invalidation_xml, scripted_server, sent_batch

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)


def client(url: str) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client("cloudfront", region_name="us-east-1", endpoint_url=url, config=config)


def policy(delays: list[float], **options: object) -> RetryPolicy:
    """Return a policy that records the delays instead of waiting."""
    return RetryPolicy(sleep=delays.append, **options)  # pyright: ignore[reportArgumentType]


def test_item_of_a_name_that_ends_in_a_slash_is_the_folder_tag() -> None:
    assert invalidation_item("cats/1.jpg") == f"#{key_tag('cats/1.jpg')}"
    assert invalidation_item("cats/") == f"#{folder_tag('cats/')}"


def test_folders_below_the_48th_level_have_no_tag() -> None:
    assert has_tag("a/" * 48)
    assert not has_tag("a/" * 49)
    assert has_tag("a/" * 60 + "b.jpg")


@given(st.lists(st.text(), max_size=700))
def test_batches_contain_every_item_in_order_and_at_most_150(items: list[str]) -> None:
    batches = split_into_batches(items, "run")

    assert [item for batch in batches for item in batch.items] == items
    assert all(1 <= len(batch.items) <= 150 for batch in batches)
    assert len(batches) == -(-len(items) // 150)


def test_references_are_equal_only_for_equal_items_in_the_same_run() -> None:
    first, same, other_items, other_run = (
        split_into_batches(items, run)[0].reference
        for items, run in ((["a"], "1"), (["a"], "1"), (["b"], "1"), (["a"], "2"))
    )

    assert first == same
    assert len({first, other_items, other_run}) == 3


def test_run_names_of_the_same_second_differ() -> None:
    assert len({new_run_name(NOW) for _ in range(10)}) == 10
    assert new_run_name(NOW).startswith("20261121T101500-")


THROTTLING = [
    (400, "Throttling"),
    (400, "TooManyInvalidationsInProgress"),
    (503, "ServiceUnavailable"),
    (429, "TooManyRequestsException"),
    (500, "InternalError"),
]


@pytest.mark.parametrize(("status", "code"), THROTTLING)
def test_throttled_batches_are_sent_again_with_growing_delays(status: int, code: str) -> None:
    attempts = itertools.count()
    delays: list[float] = []

    def script(_call: Call) -> ScriptedResponse:
        return (status, error_xml(code)) if next(attempts) < 3 else (201, invalidation_xml("I1"))

    with scripted_server(script) as server:
        invalidation = send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), policy(delays))

    assert invalidation.id == "I1"
    assert [sent_batch(call) for call in server.calls] == [("once", ["#key:1"])] * 4
    assert [delay <= limit for delay, limit in zip(delays, (1, 2, 4), strict=True)] == [True] * 3


def test_retries_stop_after_max_attempts() -> None:
    delays: list[float] = []

    with scripted_server(lambda _: (400, error_xml("Throttling"))) as server, pytest.raises(ClientError):
        send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), policy(delays, max_attempts=6, max_delay=3))

    assert len(server.calls) == 6
    assert len(delays) == 5
    assert max(delays) <= 3


def test_every_retry_is_reported() -> None:
    attempts, reported = itertools.count(), list[float]()

    with scripted_server(
        lambda _: (400, error_xml("Throttling")) if not next(attempts) else (201, invalidation_xml("I1"))
    ) as server:
        send_batch(client(server.url), "E1", Batch(("#key:1",), "r"), policy([], on_retry=reported.append))

    assert len(reported) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchDistribution", "InvalidArgument"])
def test_permanent_errors_are_not_retried(code: str) -> None:
    delays: list[float] = []

    with scripted_server(lambda _: (400, error_xml(code))) as server, pytest.raises(ClientError):
        send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), policy(delays))

    assert (len(server.calls), delays) == (1, [])


def test_batches_are_sent_no_faster_than_150_items_a_second() -> None:
    delays: list[float] = []
    batches = split_into_batches([f"#key:{number}" for number in range(320)], "run")

    with scripted_server(lambda _: (201, invalidation_xml("I1"))) as server:
        list(send_batches(client(server.url), "E1", batches, policy(delays)))

    assert [len(sent_batch(call)[1]) for call in server.calls] == [150, 150, 20]
    assert delays == [1, 1]


def test_waiting_ends_when_the_invalidations_are_completed() -> None:
    attempts, delays = itertools.count(), list[float]()

    with scripted_server(
        lambda _: (200, invalidation_xml("I", "InProgress" if next(attempts) < 3 else "Completed"))
    ) as server:
        completed = list(wait_until_completed(client(server.url), "E1", ["I1", "I2"], policy(delays), seconds=60))

    assert completed == ["I1", "I2"]
    assert [call.path.rpartition("/")[2] for call in server.calls] == ["I1"] * 4 + ["I2"]
    assert delays == [1, 1.5, 2.25]


def test_waiting_longer_than_the_time_limit_raises_still_in_progress() -> None:
    delays: list[float] = []

    with (
        scripted_server(lambda _: (200, invalidation_xml("I", "InProgress"))) as server,
        pytest.raises(StillInProgress),
    ):
        list(wait_until_completed(client(server.url), "E1", ["I1"], policy(delays), seconds=60))

    assert 60 <= sum(delays) <= 70
    assert max(delays) == 10


def folder_items(*folders: str) -> set[str]:
    return {f"#{folder_tag(folder)}" for folder in folders}


@pytest.mark.parametrize(
    ("keys", "limit", "items"),
    [
        (["a/b/1.jpg", "a/b/2.jpg"], 1, folder_items("a/b/")),
        (["a/b/1.jpg", "a/c/2.jpg"], 2, folder_items("a/b/", "a/c/")),
        (["a/b/1.jpg", "a/c/2.jpg"], 1, folder_items("a/")),
        (["a/b/c/1.jpg", "a/2.jpg"], 1, folder_items("a/")),
        (["a/1.jpg", "b/1.jpg"], 1, {EVERYTHING}),
        (["a/1.jpg", "2.jpg"], 3, {EVERYTHING}),
        (["a//1.jpg"], 3, folder_items("a//")),
        ([f"{'d/' * 60}1.jpg"], 1, folder_items("d/" * 48)),
        ([], 3, set()),
    ],
)
def test_covering_items_are_the_deepest_folders_that_are_few(keys: list[str], limit: int, items: set[str]) -> None:
    assert covering_items(keys, limit) == items


def test_covering_items_are_not_deeper_than_the_maximum() -> None:
    assert covering_items(["a/b/1.jpg", "c/d/2.jpg"], 3, max_depth=1) == folder_items("a/", "c/")


@given(st.lists(st.text(alphabet="ab/", min_size=1), min_size=1), st.integers(1, 5), st.integers(1, 48))
def test_covering_items_cover_every_key(keys: list[str], limit: int, max_depth: int) -> None:
    items = covering_items(keys, limit, max_depth=max_depth)

    assert len(items) <= limit
    assert all(not items.isdisjoint([EVERYTHING, *covering_tags(key)]) for key in keys)
