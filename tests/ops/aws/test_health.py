from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.aws.health import HealthCheck, check_health
from ops.aws.stack import Stack
from tests.support.aws_servers import OUTPUTS, Call, Moto, ScriptedResponse, ScriptedServer, error_xml, scripted_server

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def denied(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A server that simulates AWS, where CloudFront denies every request."""

    def script(call: Call) -> ScriptedResponse:
        return (403, error_xml("AccessDenied")) if call.path.startswith("/2020-05-31/") else None

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def checks(**changes: Any) -> dict[str, HealthCheck]:
    stack = Stack(name="prod", outputs=OUTPUTS | changes)
    return {check.name: check for check in check_health(stack, NOW)}


def test_a_denied_check_does_not_hide_the_others(denied: ScriptedServer) -> None:
    results = checks()

    unknown = [name for name, check in results.items() if not check.is_known]
    assert unknown == ["distribution", "edge function", "invalidations"]
    assert results["distribution"].text.startswith("unknown: AWS denies GetDistribution to these credentials")
    assert results["urgent alarms"].text == "none declared"


def test_a_missing_output_makes_only_its_check_unknown(denied: ScriptedServer) -> None:
    results = checks(edge_function_name="")

    assert not results["renders"].is_known
    assert "no output edge_function_name" in results["renders"].value["error"]
    assert results["last hour"].is_known


def test_rejected_credentials_end_all_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_server(lambda _: (403, error_xml("ExpiredToken"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(ClientError, match="ExpiredToken"):
            checks()

    assert len(server.calls) == 1
