"""Sends the engine's metrics and the log lines of functions to moto, in batches, as AWS's services would."""

import asyncio
import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.cloud import Cloud

_FLUSH_INTERVAL: Final = 5.0
"""The seconds between two batches."""
_EVALUATION_INTERVAL: Final = 60.0
"""The seconds between two evaluations of the alarms, as in CloudWatch."""
_MAX_LINES: Final = 20_000
"""The number of log lines that wait for the next batch. More lines replace the oldest ones."""
_LINES_PER_CALL: Final = 1000
_DATA_PER_CALL: Final = 1000


class LogStream(NamedTuple):
    """Where a function logs."""

    region: str
    group: str
    name: str
    role: str
    """The ARN of the function's role, whose permissions decide whether the lines are stored."""


class _Metric(NamedTuple):
    region: str
    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]


class Telemetry:
    """Collects metrics and log lines. Collecting never blocks and never fails."""

    def __init__(self, cloud: Cloud, report: Callable[[str], None]) -> None:
        self._cloud = cloud
        self._report = report
        self._lock = threading.Lock()
        self._values: dict[_Metric, Counter[float]] = {}
        self._lines: deque[tuple[LogStream, int, str]] = deque(maxlen=_MAX_LINES)
        self._created_streams: set[LogStream] = set()
        self._reported: set[str] = set()

    def add_metric(
        self,
        region: str,
        namespace: str,
        name: str,
        value: float,
        *,
        unit: str = "Count",
        dimensions: Mapping[str, str],
    ) -> None:
        """Add one value of a metric."""
        metric = _Metric(region, namespace, name, unit, tuple(dimensions.items()))
        with self._lock:
            self._values.setdefault(metric, Counter())[value] += 1

    def add_line(self, stream: LogStream, line: str) -> None:
        """Add one line of a function's log."""
        with self._lock:
            self._lines.append((stream, int(time.time() * 1000), line))

    def flush(self) -> None:
        """Send what was collected. The method blocks. A batch that moto refuses is reported once and dropped."""
        with self._lock:
            values, self._values = self._values, {}
            lines, self._lines = self._lines, deque(maxlen=_MAX_LINES)
        self._send_metrics(values)
        streams: dict[LogStream, list[tuple[int, str]]] = {}
        for stream, timestamp, line in lines:
            streams.setdefault(stream, []).append((timestamp, line))
        for stream, events in streams.items():
            self._attempt(f"the log {stream.group} is not stored", lambda s=stream, e=events: self._send_lines(s, e))

    def evaluate_alarms(self) -> None:
        """Evaluate all alarms at the current time. The method blocks."""
        self._attempt("the alarms are not evaluated", lambda: self._cloud.evaluate_alarms(time.time()))

    def _send_metrics(self, values: dict[_Metric, Counter[float]]) -> None:
        data: dict[tuple[str, str], list[Any]] = {}
        for metric, counts in values.items():
            dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
            # A statistic set of equal values keeps the percentiles, and moto stores it as one entry.
            data.setdefault((metric.region, metric.namespace), []).extend(
                {
                    "MetricName": metric.name,
                    "Dimensions": dimensions,
                    "Unit": metric.unit,
                    "Timestamp": time.time(),
                    "StatisticValues": {"SampleCount": n, "Sum": value * n, "Minimum": value, "Maximum": value},
                }
                for value, n in counts.items()
            )
        for (region, namespace), items in data.items():
            client = self._cloud.cloudwatch(region)
            for start in range(0, len(items), _DATA_PER_CALL):
                batch: Any = items[start : start + _DATA_PER_CALL]
                self._attempt(
                    f"metrics of {namespace} are not stored",
                    lambda c=client, n=namespace, b=batch: c.put_metric_data(Namespace=n, MetricData=b),
                )

    def _send_lines(self, stream: LogStream, events: list[tuple[int, str]]) -> None:
        client = self._cloud.logs(stream.region, role=stream.role)
        if stream not in self._created_streams:
            with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
                client.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
            self._created_streams.add(stream)
        # CloudWatch Logs accepts only events in the order of their time.
        events.sort(key=lambda event: event[0])
        for start in range(0, len(events), _LINES_PER_CALL):
            client.put_log_events(
                logGroupName=stream.group,
                logStreamName=stream.name,
                logEvents=[
                    {"timestamp": timestamp, "message": line}
                    for timestamp, line in events[start : start + _LINES_PER_CALL]
                ],
            )

    def _attempt(self, problem: str, send: Callable[[], object]) -> None:
        try:
            send()
        except (BotoCoreError, ClientError, OSError) as error:
            if problem not in self._reported:
                self._reported.add(problem)
                self._report(f"{problem}: {error}")


@contextlib.asynccontextmanager
async def publish(telemetry: Telemetry) -> AsyncIterator[None]:
    """Send batches and evaluate the alarms regularly, until the context ends."""

    async def flush_regularly() -> None:
        evaluated = time.monotonic()
        while True:
            await asyncio.sleep(_FLUSH_INTERVAL)
            await asyncio.to_thread(telemetry.flush)
            if time.monotonic() - evaluated >= _EVALUATION_INTERVAL:
                evaluated = time.monotonic()
                await asyncio.to_thread(telemetry.evaluate_alarms)

    task = asyncio.create_task(flush_regularly())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
