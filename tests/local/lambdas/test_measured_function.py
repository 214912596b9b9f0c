import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest

from local.aws.telemetry import LogStream
from local.lambdas.measured_function import FunctionTelemetry, MeasuredFunction
from local.lambdas.sandbox_process import FunctionError
from local.program.program import Program, Resource

HANDLER = """
def handler(event, context):
    print("a line", flush=True)
    if event.get("fail"):
        raise ValueError("broken")
"""


class Collected:
    """Telemetry that keeps what it receives."""

    def __init__(self) -> None:
        self.lines: list[tuple[LogStream, str]] = []
        self.metrics: list[tuple[str, str, float, dict[str, str]]] = []

    def add_line(self, stream: LogStream, line: str) -> None:
        self.lines.append((stream, line))

    def add_metric(self, region: str, _namespace: str, name: str, value: float, **options: Any) -> None:
        self.metrics.append((region, name, value, options["dimensions"]))

    def values(self, metric: str) -> list[float]:
        return [value for _, name, value, dimensions in self.metrics if name == metric and dimensions]


def invoke(folder: Path, *events: dict[str, Any], is_edge: bool = True, region: str = "eu-west-1") -> Collected:
    (folder / "main.py").write_text(HANDLER)
    inputs = {"code": pulumi.FileArchive(str(folder)), "handler": "main.handler", "runtime": "python3.13", "role": "r"}
    outputs = {"name": "f", "version": "7", "region": "us-east-1", "qualifiedArn": "arn:f:7"}
    resource = Resource(type="t", name="f", id="f", inputs=inputs, outputs=outputs)
    associations = [{"lambdaArn": "arn:f:7" if is_edge else "arn:other:1"}]
    distribution = {"defaultCacheBehavior": {"lambdaFunctionAssociations": associations}}
    program = Program(root=folder, stack="dev", region="eu-west-1")
    program.resources.append(
        Resource(
            type="aws:cloudfront/distribution:Distribution", name="d", id="d", inputs=distribution, outputs=distribution
        )
    )
    collected: Any = Collected()

    async def invoke_all() -> None:
        telemetry = FunctionTelemetry(collected, program, resource, region)
        report = telemetry.with_log(lambda _: None)
        function = MeasuredFunction(resource, root=folder, region=region, environment={}, report=report)
        function.telemetry = telemetry
        for event in events:
            try:
                await function.invoke(event)
            except FunctionError:
                continue
        await function.close()

    asyncio.run(invoke_all())
    return collected


def test_invocations_and_errors_are_counted(tmp_path: Path) -> None:
    collected = invoke(tmp_path, {}, {"fail": True}, {})

    assert collected.values("Invocations") == [1, 1, 1]
    assert collected.values("Errors") == [0, 1, 0]
    assert collected.values("ConcurrentExecutions") == [1, 1, 1]
    assert min(collected.values("Duration")) > 0


@pytest.mark.parametrize(
    ("is_edge", "region", "name"),
    [
        (True, "eu-west-1", "us-east-1.f"),
        (True, "us-east-1", "us-east-1.f"),
        (False, "us-east-1", "f"),
    ],
)
def test_edge_function_logs_under_the_name_of_replicas(tmp_path: Path, is_edge: bool, region: str, name: str) -> None:
    collected = invoke(tmp_path, {}, is_edge=is_edge, region=region)

    [(stream, line)] = collected.lines
    assert (stream.group, stream.region, stream.role, line) == (f"/aws/lambda/{name}", region, "r", "a line")
    assert {dimensions["FunctionName"] for _, _, _, dimensions in collected.metrics if dimensions} == {name}
