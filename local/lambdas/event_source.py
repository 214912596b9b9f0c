"""Lambda's poller: takes messages off a queue, hands them to the function, and deletes what it has dealt with."""

import asyncio
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.lambdas.function import FunctionError, LambdaFunction
from local.program.program import Resource

_PAUSE = 0.2
"""Seconds between two looks at an empty queue."""


class EventSource:
    """One mapping of a queue to a function. `client` is SQS with the rights of the function's role, as on AWS."""

    def __init__(
        self, mapping: Resource, queue: Resource, function: LambdaFunction, client: Any, say: Callable[[str], None]
    ) -> None:
        self._size = min(10, int(mapping.inputs.get("batchSize", 10)))
        self._partly = "ReportBatchItemFailures" in (mapping.inputs.get("functionResponseTypes") or [])
        self._queue = queue
        self._function = function
        self._client = client
        self._say = say

    async def serve(self) -> None:
        """For as long as it is not cancelled."""
        while True:
            try:
                if not await self._batch():
                    await asyncio.sleep(_PAUSE)
            except (BotoCoreError, ClientError) as error:
                self._say(f"the queue {self._queue.name} cannot be read: {error}")
                await asyncio.sleep(1)

    async def _batch(self) -> bool:
        messages = await asyncio.to_thread(self._received)
        if messages:
            failed = await self._failed(messages)
            done = [message for message in messages if message["MessageId"] not in failed]
            await asyncio.to_thread(self._delete, done)
        return bool(messages)

    def _received(self) -> list[dict[str, Any]]:
        return self._client.receive_message(
            QueueUrl=self._queue.id, MaxNumberOfMessages=self._size, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])

    async def _failed(self, messages: list[dict[str, Any]]) -> set[str]:
        try:
            answer = await self._function.invoke({"Records": [self._record(message) for message in messages]})
        except FunctionError as error:
            self._say(str(error))
            return {message["MessageId"] for message in messages}
        failures: list[dict[str, str]] = (answer or {}).get("batchItemFailures", []) if self._partly else []
        return {failure["itemIdentifier"] for failure in failures}

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.outputs["arn"],
            "awsRegion": self._queue.outputs["region"],
        }

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        # One by one: moto asks for a right to delete batches, which IAM does not know.
        for message in messages:
            self._client.delete_message(QueueUrl=self._queue.id, ReceiptHandle=message["ReceiptHandle"])
