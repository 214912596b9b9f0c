"""Emulates event source mappings: polls a queue, invokes the function, and deletes the processed messages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.cloud import Cloud
from local.lambdas.function import LambdaFunction
from local.lambdas.functions import LambdaFunctions
from local.lambdas.sandbox_process import FunctionError
from local.program.program import Program, Resource

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

_POLL_INTERVAL: Final = 0.2
"""The seconds between two polls of an empty queue."""


@contextlib.asynccontextmanager
async def poll_event_sources(
    program: Program, cloud: Cloud, functions: LambdaFunctions, report: Callable[[str], None]
) -> AsyncIterator[None]:
    """Poll the queues of all declared and enabled event source mappings until the context ends."""
    tasks: list[asyncio.Task[None]] = []
    for mapping in program.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        if mapping.inputs.get("enabled") is False:
            continue
        declared = program.find("aws:lambda/function:Function", "arn", mapping.inputs["functionName"])
        queue = program.find("aws:sqs/queue:Queue", "arn", mapping.inputs["eventSourceArn"])
        region: str = declared.outputs["region"]
        function = functions.get(declared, region)
        # Lambda polls with the permissions of the function's role.
        sqs = cloud.sqs(region, role=declared.inputs["role"])
        tasks.append(asyncio.create_task(EventSource(mapping, queue, function, sqs, report).poll()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class EventSource:
    """One mapping of a queue to a function."""

    def __init__(
        self,
        mapping: Resource,
        queue: Resource,
        function: LambdaFunction,
        sqs: "SQSClient",
        report: Callable[[str], None],
    ) -> None:
        self._batch_size = min(10, int(mapping.inputs.get("batchSize", 10)))
        self._reports_item_failures = "ReportBatchItemFailures" in (mapping.inputs.get("functionResponseTypes") or [])
        self._queue = queue
        self._function = function
        self._sqs = sqs
        self._report = report

    async def poll(self) -> None:
        """Process messages until the task is cancelled."""
        while True:
            try:
                if not await self._process_batch():
                    await asyncio.sleep(_POLL_INTERVAL)
            except (BotoCoreError, ClientError) as error:
                self._report(f"cannot read the queue {self._queue.name}; retrying in 1 s: {error}")
                await asyncio.sleep(1)

    async def _process_batch(self) -> bool:
        """Process the next messages and return whether there were any."""
        messages = await asyncio.to_thread(self._receive)
        if messages:
            failed_ids = await self._invoke_function(messages)
            processed = [message for message in messages if message.get("MessageId") not in failed_ids]
            await asyncio.to_thread(self._delete, processed)
        return bool(messages)

    def _receive(self) -> "list[MessageTypeDef]":
        response = self._sqs.receive_message(
            QueueUrl=self._queue.id, MaxNumberOfMessages=self._batch_size, MessageSystemAttributeNames=["All"]
        )
        return response.get("Messages", [])

    async def _invoke_function(self, messages: "list[MessageTypeDef]") -> set[str]:
        """Invoke the function. Return the ids of the messages that failed; SQS delivers these messages again."""
        try:
            result = await self._function.invoke({"Records": [self._record(message) for message in messages]})
        except FunctionError as error:
            self._report(str(error))
            return {message.get("MessageId", "") for message in messages}
        failures: list[dict[str, str]] = []
        if self._reports_item_failures:
            failures = (result or {}).get("batchItemFailures", [])
        return {failure["itemIdentifier"] for failure in failures}

    def _record(self, message: "MessageTypeDef") -> dict[str, Any]:
        # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        return {
            "messageId": message.get("MessageId"),
            "receiptHandle": message.get("ReceiptHandle"),
            "body": message.get("Body"),
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {},
            "md5OfBody": message.get("MD5OfBody"),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.outputs["arn"],
            "awsRegion": self._queue.outputs["region"],
        }

    def _delete(self, messages: "list[MessageTypeDef]") -> None:
        # Delete one message at a time. For a batch, moto checks an action that does not exist in IAM.
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._queue.id, ReceiptHandle=message.get("ReceiptHandle", ""))
