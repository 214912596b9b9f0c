"""The refresh function with fakes for CloudFront and SQS."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from common.cache_tags import key_tag
from refresh import handler as module
from refresh.messages import DelayedTask, TaskKind, parse_message
from refresh.settings import Settings


class CloudFront:
    """A fake of the CloudFront client, which refuses batches with `failing_items`."""

    def __init__(self) -> None:
        self.created: list[tuple[str, list[str]]] = []
        """Caller references and items of the invalidations."""
        self.failing_items: set[str] = set()

    def create_invalidation(self, **arguments: Any) -> dict[str, Any]:
        batch = arguments["InvalidationBatch"]
        if self.failing_items & set(batch["Paths"]["Items"]):
            raise RuntimeError("not now")
        self.created.append((batch["CallerReference"], batch["Paths"]["Items"]))
        return {"Invalidation": {"Id": "I1", "Status": "InProgress"}}


class Queue:
    """A fake of the SQS client."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        """Bodies of the messages."""

    def send_message(self, **arguments: Any) -> None:
        assert arguments["DelaySeconds"] == 180
        self.sent.append(arguments["MessageBody"])


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        bucket="b",
        distribution="E1",
        queue="q",
        url="http://127.0.0.1:9",
        settle_seconds=180,
        warm_widths=(320,),
        formats=(),
    )
    monkeypatch.setattr(module, "_settings", lambda: settings)


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> CloudFront:
    fake = CloudFront()
    monkeypatch.setattr(module, "_cloudfront", lambda: fake)
    return fake


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    fake = Queue()
    monkeypatch.setattr(module, "_sqs", lambda: fake)
    return fake


def removal(key: str, sequencer: str = "01") -> str:
    record = {"eventName": "ObjectRemoved:Delete", "eventTime": "2026-11-21T08:34:44.748Z"}
    return json.dumps(
        {"Records": [record | {"s3": {"object": {"key": key, "versionId": "v", "sequencer": sequencer}}}]}
    )


def task(kind: TaskKind, key: str) -> str:
    return str(DelayedTask(kind=kind, keys=(key,), reference="r"))


def failed_indices(*bodies: str, remaining_ms: int = 60_000) -> list[str]:
    """Run the handler with these messages, and return the indices of the failed messages."""
    records = [{"messageId": str(index), "body": body} for index, body in enumerate(bodies)]
    context = SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
        aws_request_id="r",
        get_remaining_time_in_millis=lambda: remaining_ms,
    )
    response: Any = module.handler({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def tags(*keys: str) -> list[str]:
    return sorted(f"#{key_tag(key)}" for key in keys)


def test_a_batch_is_invalidated_then_reinvalidated_then_warmed(cloudfront: CloudFront, queue: Queue) -> None:
    assert failed_indices(removal("a.jpg"), removal("b.jpg"), removal("a.jpg")) == []

    ((reference, items),) = cloudfront.created
    assert items == tags("a.jpg", "b.jpg")
    (delayed,) = queue.sent
    keys = ("a.jpg", "b.jpg")
    assert parse_message(delayed) == DelayedTask(kind=TaskKind.REINVALIDATE, keys=keys, reference=reference)

    assert failed_indices(delayed) == []
    again = f"{reference}-again"
    assert cloudfront.created[1] == (again, tags("a.jpg", "b.jpg"))
    assert parse_message(queue.sent[1]) == DelayedTask(kind=TaskKind.WARM, keys=keys, reference=again)


def test_reference_is_the_same_for_the_same_changes_in_any_order(cloudfront: CloudFront, queue: Queue) -> None:
    failed_indices(removal("a.jpg"), removal("b.jpg"))
    failed_indices(removal("b.jpg"), removal("a.jpg"))
    failed_indices(removal("a.jpg", "02"), removal("b.jpg"))
    for delayed in queue.sent[:2]:
        failed_indices(delayed)

    first, same, other_changes, reinvalidation, same_reinvalidation = (reference for reference, _ in cloudfront.created)
    assert first == same != other_changes
    assert reinvalidation == same_reinvalidation == f"{first}-again"


def test_a_failure_does_not_affect_the_other_messages(cloudfront: CloudFront, queue: Queue) -> None:
    cloudfront.failing_items = set(tags("bad.jpg"))

    assert failed_indices(removal("a.jpg"), task(TaskKind.REINVALIDATE, "bad.jpg"), "poison") == ["1", "2"]
    assert [items for _, items in cloudfront.created] == [tags("a.jpg")]

    assert failed_indices(removal("bad.jpg"), task(TaskKind.REINVALIDATE, "c.jpg")) == ["0"]
    assert cloudfront.created[-1] == ("r-again", tags("c.jpg"))


def test_failed_or_skipped_warmup_does_not_fail_its_message(cloudfront: CloudFront, queue: Queue) -> None:
    warm = task(TaskKind.WARM, "a.jpg")

    assert failed_indices(warm, removal("b.jpg")) == []
    assert failed_indices(*[warm] * 10, remaining_ms=5_000) == []
    assert [items for _, items in cloudfront.created] == [tags("b.jpg")]
