"""What is sent to CloudFront, and how it is tried again."""

import itertools
from datetime import UTC, datetime

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from common.cache_tags import folder_tag, key_tag
from common.invalidation import (
    Batch,
    StillInProgress,
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


def client(url: str) -> object:
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client("cloudfront", region_name="us-east-1", endpoint_url=url, config=config)


def patient(pauses: list[float], **others: object) -> RetryPolicy:
    return RetryPolicy(sleep=pauses.append, **others)  # pyright: ignore[reportArgumentType]


def test_a_name_with_a_slash_at_its_end_is_a_folder() -> None:
    assert invalidation_item("cats/1.jpg") == f"#{key_tag('cats/1.jpg')}"
    assert invalidation_item("cats/") == f"#{folder_tag('cats/')}"


def test_a_folder_has_a_tag_as_deep_as_answers_carry_them() -> None:
    assert has_tag("a/" * 48)
    assert not has_tag("a/" * 49)
    assert has_tag("a/" * 60 + "b.jpg")


@given(st.lists(st.text(), max_size=700))
def test_batches_hold_every_item_in_order_and_at_most_150_each(items: list[str]) -> None:
    made = split_into_batches(items, "run")

    assert [one for batch in made for one in batch.items] == items
    assert all(1 <= len(batch.items) <= 150 for batch in made)
    assert len(made) == -(-len(items) // 150)


def test_the_same_items_have_the_same_reference_in_the_same_run_only() -> None:
    one, again, other, later = (
        split_into_batches(items, run)[0].reference
        for items, run in ((["a"], "1"), (["a"], "1"), (["b"], "1"), (["a"], "2"))
    )

    assert one == again
    assert len({one, other, later}) == 3


def test_runs_of_the_same_second_have_different_names() -> None:
    assert len({new_run_name(NOW) for _ in range(100)}) == 100
    assert new_run_name(NOW).startswith("20261121T101500-")


THROTTLING = [
    (400, "Throttling"),
    (400, "TooManyInvalidationsInProgress"),
    (503, "ServiceUnavailable"),
    (429, "TooManyRequestsException"),
    (500, "InternalError"),
]


@pytest.mark.parametrize(("status", "code"), THROTTLING)
def test_what_cloudfront_asks_to_do_later_is_done_later(status: int, code: str) -> None:
    numbers = itertools.count()
    pauses: list[float] = []

    def script(_call: Call) -> ScriptedResponse:
        return (status, error_xml(code)) if next(numbers) < 3 else (201, invalidation_xml("I1"))

    with scripted_server(script) as server:
        made = send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), patient(pauses))

    assert made.id == "I1"
    assert [sent_batch(call) for call in server.calls] == [("once", ["#key:1"])] * 4
    assert [pause <= most for pause, most in zip(pauses, (1, 2, 4), strict=True)] == [True] * 3


def test_it_is_not_tried_for_ever() -> None:
    pauses: list[float] = []

    with scripted_server(lambda _: (400, error_xml("Throttling"))) as server, pytest.raises(ClientError):
        send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), patient(pauses, max_attempts=6, max_delay=3))

    assert len(server.calls) == 6
    assert len(pauses) == 5
    assert max(pauses) <= 3


def test_whoever_waits_is_told() -> None:
    numbers, heard = itertools.count(), list[float]()

    with scripted_server(
        lambda _: (400, error_xml("Throttling")) if not next(numbers) else (201, invalidation_xml("I1"))
    ) as server:
        send_batch(client(server.url), "E1", Batch(("#key:1",), "r"), patient([], on_retry=heard.append))

    assert len(heard) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchDistribution", "InvalidArgument"])
def test_what_will_never_work_is_not_tried_again(code: str) -> None:
    pauses: list[float] = []

    with scripted_server(lambda _: (400, error_xml(code))) as server, pytest.raises(ClientError):
        send_batch(client(server.url), "E1", Batch(("#key:1",), "once"), patient(pauses))

    assert (len(server.calls), pauses) == (1, [])


def test_batches_are_sent_no_faster_than_150_items_a_second() -> None:
    pauses: list[float] = []
    several = split_into_batches([f"#key:{number}" for number in range(320)], "run")

    with scripted_server(lambda _: (201, invalidation_xml("I1"))) as server:
        list(send_batches(client(server.url), "E1", several, patient(pauses)))

    assert [len(sent_batch(call)[1]) for call in server.calls] == [150, 150, 20]
    assert pauses == [1, 1]


def test_waiting_ends_when_cloudfront_is_done() -> None:
    numbers, pauses = itertools.count(), list[float]()

    with scripted_server(
        lambda _: (200, invalidation_xml("I", "InProgress" if next(numbers) < 3 else "Completed"))
    ) as server:
        done = list(wait_until_completed(client(server.url), "E1", ["I1", "I2"], patient(pauses), seconds=60))

    assert done == ["I1", "I2"]
    assert [call.path.rpartition("/")[2] for call in server.calls] == ["I1"] * 4 + ["I2"]
    assert pauses == [1, 1.5, 2.25]


def test_waiting_ends_when_it_has_taken_too_long() -> None:
    pauses: list[float] = []

    with (
        scripted_server(lambda _: (200, invalidation_xml("I", "InProgress"))) as server,
        pytest.raises(StillInProgress),
    ):
        list(wait_until_completed(client(server.url), "E1", ["I1"], patient(pauses), seconds=60))

    assert 60 <= sum(pauses) <= 70
    assert max(pauses) == 10
