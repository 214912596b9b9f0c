"""A function that publishes Lambda's metrics and stores its log, as Lambda does in each Region."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from local.aws.telemetry import LogStream, Telemetry
from local.lambdas.function import LambdaFunction
from local.lambdas.sandbox_process import FunctionError
from local.program.program import Program, Resource

_DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"


class FunctionTelemetry:
    """The log and the metrics of one function in one Region."""

    def __init__(self, telemetry: Telemetry, program: Program, resource: Resource, region: str) -> None:
        """Use the name under which the function logs and publishes in this Region."""
        self._telemetry = telemetry
        self._region = region
        self._name = _published_name(program, resource)
        logging: dict[str, Any] = resource.inputs.get("loggingConfig") or {}
        self._stream = LogStream(
            region=region,
            group=logging.get("logGroup") or f"/aws/lambda/{self._name}",
            name=f"{datetime.now(UTC):%Y/%m/%d}/[{resource.outputs['version']}]{uuid.uuid4().hex}",
            role=resource.inputs["role"],
        )
        self._running = 0

    def with_log(self, report: Callable[[str], None]) -> Callable[[str], None]:
        """Return a function that reports a line and adds it to the log."""

        def report_and_store(line: str) -> None:
            report(line)
            if line:  # CloudWatch Logs refuses empty events
                self._telemetry.add_line(self._stream, line)

        return report_and_store

    def start(self) -> float:
        """Count a running invocation, and return the time of its start."""
        self._running += 1
        self._add("ConcurrentExecutions", self._running)
        # Without dimensions, Lambda publishes the concurrency of all functions in the Region.
        for name in ("ConcurrentExecutions", "ClaimedAccountConcurrency"):
            self._telemetry.add_metric(self._region, "AWS/Lambda", name, self._running, dimensions={})
        return time.perf_counter()

    def end(self, started: float, *, is_error: bool) -> None:
        """Publish the metrics of an invocation.

        The duration contains the time in which the invocation waited for a free sandbox.
        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        self._running -= 1
        self._add("Invocations", 1)
        self._add("Errors", int(is_error))
        self._add("Throttles", 0)
        self._add("Duration", round((time.perf_counter() - started) * 1000, 1), unit="Milliseconds")

    def _add(self, name: str, value: float, *, unit: str = "Count") -> None:
        self._telemetry.add_metric(
            self._region, "AWS/Lambda", name, value, unit=unit, dimensions={"FunctionName": self._name}
        )


class MeasuredFunction(LambdaFunction):
    """A function in one Region with its log and its metrics."""

    telemetry: FunctionTelemetry

    async def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's result, and publish the metrics. Raises FunctionError if the function fails."""
        started, is_error = self.telemetry.start(), False
        try:
            return await super().invoke(event)
        except FunctionError:
            is_error = True
            raise
        finally:
            self.telemetry.end(started, is_error=is_error)


def _published_name(program: Program, resource: Resource) -> str:
    """Return the name in metrics and logs. That of an edge function begins with its home Region in every Region.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    """
    name: str = resource.outputs["name"]
    behaviors = [
        behavior
        for distribution in program.of(_DISTRIBUTION)
        for behavior in (
            distribution.inputs["defaultCacheBehavior"],
            *(distribution.inputs.get("orderedCacheBehaviors") or []),
        )
    ]
    versions = {
        association["lambdaArn"]
        for behavior in behaviors
        for association in behavior.get("lambdaFunctionAssociations") or []
    }
    return f"{resource.outputs['region']}.{name}" if resource.outputs.get("qualifiedArn") in versions else name
