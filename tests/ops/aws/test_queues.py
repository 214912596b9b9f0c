import json
from datetime import UTC, datetime

import pytest

from ops.aws import queues
from ops.aws.queues import DeadLetter
from ops.aws.stack import Stack
from ops.errors import Failed
from tests.support.aws_servers import Moto


def letter(body: str) -> DeadLetter:
    return DeadLetter(
        id="1", receipt="r", body=body, attributes={}, sent=datetime(2026, 11, 21, tzinfo=UTC), receive_count=1
    )


MALFORMED = [
    '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": 7}}}]}',
    '{"Records": [{"eventName": 7, "s3": {"object": {"key": "a.jpg"}}}]}',
    '{"Records": {"0": 1}}',
    '{"Records": "text"}',
    '{"Records": [null]}',
    "[" * 100_000,
    f'{{"Records": {"9" * 5000}}}',
]


@pytest.mark.parametrize(
    ("body", "subjects"),
    [
        (
            json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a+b%2Bc.jpg"}}}]}),
            ["ObjectCreated:Put a b+c.jpg"],
        ),
        ("not JSON", ["not JSON"]),
        ('{"Records": [{}]}', ['{"Records": [{}]}']),
        ("x" * 100, ["x" * 80]),
        ('{"Records": []}', ['{"Records": []}']),
        *((body, [body[:80]]) for body in MALFORMED),
    ],
    ids=["notification", "no JSON", "no S3 record", "long body", "no records", *map(str, range(len(MALFORMED)))],
)
def test_subjects_are_events_and_keys_or_the_start_of_the_body(body: str, subjects: list[str]) -> None:
    assert letter(body).subjects == subjects


def test_a_missing_queue_is_none_or_an_error() -> None:
    stack = Stack(name="dev", outputs={"refresh_queue_url": ""})

    assert queues.queue_url(stack, "refresh_queue_url") is None
    with pytest.raises(Failed, match="the stack has no output refresh_queue_url"):
        queues.require_queue_url(stack, "refresh_queue_url")


def test_received_letters_are_hidden_until_they_are_released(moto: Moto) -> None:
    client = moto.client("sqs", "eu-central-1")
    queue = client.create_queue(QueueName="dead")["QueueUrl"]
    for number in range(12):
        client.send_message(QueueUrl=queue, MessageBody=str(number))

    letters = queues.receive(client, queue, 11)
    assert queues.count_messages(client, queue) == {"waiting": 1, "in_flight": 11, "delayed": 0}

    queues.release(client, queue, letters)
    assert queues.count_messages(client, queue) == {"waiting": 12, "in_flight": 0, "delayed": 0}


def test_moved_letters_are_in_the_target_only_and_reported(moto: Moto) -> None:
    client = moto.client("sqs", "eu-central-1")
    source, target = (client.create_queue(QueueName=name)["QueueUrl"] for name in ("source", "target"))
    client.send_message(QueueUrl=source, MessageBody="x")
    moved: list[DeadLetter] = []

    queues.move(client, source, target, queues.receive(client, source, 10), moved.append)

    assert [letter.body for letter in moved] == ["x"]
    assert queues.count_messages(client, source)["in_flight"] == 0
    assert [letter.body for letter in queues.receive(client, target, 10)] == ["x"]
