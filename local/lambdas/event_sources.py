"""The declared mappings of queues to functions, each with its function, for as long as the engine runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from local.aws.cloud import Cloud
from local.lambdas.event_source import EventSource
from local.lambdas.function import LambdaFunction
from local.program.program import Program, Resource


@contextlib.asynccontextmanager
async def event_sources(program: Program, cloud: Cloud, url: str, say: Callable[[str], None]) -> AsyncIterator[None]:
    """`url` is where the distribution is served, and CloudFront's API with it."""
    functions: list[LambdaFunction] = []
    tasks: list[asyncio.Task[None]] = []
    for mapping in program.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        if mapping.inputs.get("enabled") is False:
            continue
        declared = program.find("aws:lambda/function:Function", "arn", mapping.inputs["functionName"])
        queue = program.find("aws:sqs/queue:Queue", "arn", mapping.inputs["eventSourceArn"])
        role: str = declared.inputs["role"]
        region: str = declared.outputs["region"]
        environment = cloud.role(role) | _environment(declared, program, cloud, url)
        function = LambdaFunction(declared, root=program.root, region=region, environment=environment, log=say)
        source = EventSource(mapping, queue, function, cloud.client("sqs", region, role=role), say)
        functions.append(function)
        tasks.append(asyncio.create_task(source.serve()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for function in functions:
            await function.close()


def _environment(declared: Resource, program: Program, cloud: Cloud, url: str) -> dict[str, str]:
    """As declared, but that the distribution is asked where it is served."""
    known: dict[str, Any] = (declared.inputs.get("environment") or {}).get("variables") or {}
    own: str = program.outputs.get("url", "")
    where = {"AWS_ENDPOINT_URL": cloud.url, "AWS_ENDPOINT_URL_CLOUDFRONT": url}
    return {name: url if value == own else value for name, value in known.items()} | where
