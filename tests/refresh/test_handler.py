"""The refresh function by itself, with a CloudFront and an SQS that a small server plays."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from common.cache_tags import key_tag
from refresh import handler as module
from refresh.messages import DelayedTask, TaskKind, parse_message
from refresh.settings import Settings


class CloudFront:
    def __init__(self) -> None:
        self.made: list[tuple[str, list[str]]] = []
        self.fails: set[str] = set()

    def create_invalidation(self, **arguments: Any) -> dict[str, Any]:
        batch = arguments["InvalidationBatch"]
        if self.fails & set(batch["Paths"]["Items"]):
            raise RuntimeError("not now")
        self.made.append((batch["CallerReference"], batch["Paths"]["Items"]))
        return {"Invalidation": {"Id": "I1", "Status": "InProgress"}}


class Queue:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send_message(self, **arguments: Any) -> None:
        assert arguments["DelaySeconds"] == 180
        self.sent.append(arguments["MessageBody"])


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    settings = Settings(
        bucket="b", distribution="E1", queue="q", url="http://127.0.0.1:9", settle=180, warm_widths=(320,), formats=()
    )
    several = {"cloudfront": CloudFront(), "sqs": Queue()}
    monkeypatch.setattr(module, "_settings", lambda: settings)
    monkeypatch.setattr(module, "_client", lambda service: several[service])
    return several


def removed(key: str, sequencer: str = "01") -> str:
    record = {"eventName": "ObjectRemoved:Delete", "eventTime": "2026-11-21T08:34:44.748Z"}
    return json.dumps(
        {"Records": [record | {"s3": {"object": {"key": key, "versionId": "v", "sequencer": sequencer}}}]}
    )


def handled(*bodies: str, left: int = 60_000) -> list[str]:
    """The places of the messages that have to come again."""
    records = [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]
    context = SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
        aws_request_id="r",
        get_remaining_time_in_millis=lambda: left,
    )
    answer: Any = module.handler({"Records": records}, context)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def tags(*keys: str) -> list[str]:
    return sorted(f"#{key_tag(key)}" for key in keys)


def test_a_batch_is_one_invalidation_and_its_second_names_every_original(clients: dict[str, Any]) -> None:
    assert handled(removed("a.jpg"), removed("b.jpg"), removed("a.jpg")) == []

    ((reference, items),) = clients["cloudfront"].made
    assert items == tags("a.jpg", "b.jpg")
    (again,) = clients["sqs"].sent
    assert parse_message(again) == DelayedTask(kind=TaskKind.REINVALIDATE, keys=("a.jpg", "b.jpg"), reference=reference)

    assert handled(again) == []
    assert clients["cloudfront"].made[1] == (f"{reference}-again", tags("a.jpg", "b.jpg"))
    assert parse_message(clients["sqs"].sent[1]) == DelayedTask(
        kind=TaskKind.WARM, keys=("a.jpg", "b.jpg"), reference=f"{reference}-again"
    )


def test_the_same_changes_have_the_same_reference_in_whatever_order_they_come(clients: dict[str, Any]) -> None:
    handled(removed("a.jpg"), removed("b.jpg"))
    handled(removed("b.jpg"), removed("a.jpg"))
    handled(removed("a.jpg", "02"), removed("b.jpg"))
    for again in clients["sqs"].sent[:2]:
        handled(again)

    first, same, other, second, second_again = (reference for reference, _ in clients["cloudfront"].made)
    assert first == same != other
    assert second == second_again == f"{first}-again"


def test_what_fails_takes_nothing_else_along(clients: dict[str, Any]) -> None:
    clients["cloudfront"].fails = set(tags("bad.jpg"))
    bad = str(DelayedTask(kind=TaskKind.REINVALIDATE, keys=("bad.jpg",), reference="r"))

    assert handled(removed("a.jpg"), bad, "poison") == ["1", "2"]
    assert [items for _, items in clients["cloudfront"].made] == [tags("a.jpg")]

    assert handled(
        removed("bad.jpg"), str(DelayedTask(kind=TaskKind.REINVALIDATE, keys=("c.jpg",), reference="r"))
    ) == ["0"]
    assert clients["cloudfront"].made[-1] == ("r-again", tags("c.jpg"))


def test_warming_neither_fails_nor_takes_time_that_is_not_there(clients: dict[str, Any]) -> None:
    warm = str(DelayedTask(kind=TaskKind.WARM, keys=("a.jpg",), reference="r"))

    assert handled(warm, removed("b.jpg")) == []
    assert handled(*[warm] * 10, left=5_000) == []
    assert [items for _, items in clients["cloudfront"].made] == [tags("b.jpg")]
