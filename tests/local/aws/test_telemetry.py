import time
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import EndpointConnectionError

from local.aws.telemetry import LogStream, Telemetry

STREAM = LogStream(region="eu-west-1", group="/aws/lambda/f", name="s", role="arn:aws:iam::123456789012:role/r")


class FakeClient:
    """A client that keeps the parameters of its calls, by the name of the operation."""

    exceptions = SimpleNamespace(ResourceAlreadyExistsException=KeyError)

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._error = error

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> None:
            self.calls.append((operation, parameters))
            if self._error:
                raise self._error

        return call


def telemetry(client: FakeClient, reported: list[str]) -> Telemetry:
    cloud: Any = SimpleNamespace(logs=lambda region, role: client, cloudwatch=lambda region: client)
    return Telemetry(cloud, reported.append)


def test_equal_values_are_sent_as_one_statistic_set() -> None:
    client = FakeClient()
    sender = telemetry(client, [])
    for value in (5, 5, 7):
        sender.add_metric("eu-west-1", "n", "Duration", value, dimensions={"FunctionName": "f"})

    sender.flush()
    sender.flush()

    [(_, parameters)] = client.calls
    assert [datum["StatisticValues"] for datum in parameters["MetricData"]] == [
        {"SampleCount": 2, "Sum": 10, "Minimum": 5, "Maximum": 5},
        {"SampleCount": 1, "Sum": 7, "Minimum": 7, "Maximum": 7},
    ]


def test_lines_are_sent_in_batches_to_a_stream_that_is_created_once() -> None:
    client = FakeClient()
    sender = telemetry(client, [])
    for number in range(1500):
        sender.add_line(STREAM, str(number))
    sender.flush()
    sender.add_line(STREAM, "last")
    sender.flush()

    assert [operation for operation, _ in client.calls] == ["create_log_stream", *["put_log_events"] * 3]
    sizes = [len(parameters["logEvents"]) for _, parameters in client.calls[1:]]
    assert sizes == [1000, 500, 1]


def test_unreachable_moto_is_reported_once_and_raises_nothing() -> None:
    reported: list[str] = []
    sender = telemetry(FakeClient(EndpointConnectionError(endpoint_url="http://x")), reported)

    for _ in range(3):
        sender.add_line(STREAM, "line")
        sender.add_metric("eu-west-1", "n", "m", 1, dimensions={})
        sender.flush()

    assert len(reported) == 2
    assert any("/aws/lambda/f is not stored" in line for line in reported)


def test_lines_that_wait_are_limited() -> None:
    client = FakeClient()
    sender = telemetry(client, [])
    started = time.time()

    for number in range(25_000):
        sender.add_line(STREAM, str(number))
    sender.flush()

    events = [event for operation, call in client.calls if operation == "put_log_events" for event in call["logEvents"]]
    assert len(events) == 20_000
    assert events[-1]["message"] == "24999"
    assert events[0]["timestamp"] >= int(started * 1000)
