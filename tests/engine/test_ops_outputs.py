"""`python -m ops` reads the outputs of a stack from the state that Pulumi's engine has written."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ops.__main__ import main
from tests.engine.pulumi_cli import Deployment
from tests.ops.commands.test_status import distribution, invalidations
from tests.support.aws_servers import Call, Moto, ScriptedResponse, invalidation_xml, scripted_server

Capture = pytest.CaptureFixture[str]
REGION = "eu-central-1"


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """The stack `dev`, which `ops --stack dev` finds, and the requests that CloudFront has received."""

    deployment: Deployment
    outputs: dict[str, Any]
    calls: list[Call]


@pytest.fixture
def stack(deployed: Callable[..., Deployment], moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedStack]:
    """The stack `dev`. Moto has the queues, the bucket and the function under the names in the outputs."""
    deployment = deployed("dev")
    outputs = deployment.outputs()
    create_resources(moto, outputs)
    for name, value in deployment.environment().items():
        monkeypatch.setenv(name, value)
    with scripted_server(respond, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield DeployedStack(deployment=deployment, outputs=outputs, calls=server.calls)


def create_resources(moto: Moto, outputs: dict[str, Any]) -> None:
    sqs, s3 = moto.client("sqs", REGION), moto.client("s3", REGION)
    for name in ("refresh_queue_url", "dead_letters_queue_url"):
        sqs.create_queue(QueueName=outputs[name].rpartition("/")[2])
    for topics in outputs["alert_topics"].values():
        for region, topic in topics.items():
            moto.client("sns", region).create_topic(Name=topic.rpartition(":")[2])
    bucket = outputs["originals_bucket"]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="cats/1.jpg", Body=b"")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.writestr("a.py", "")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = moto.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    moto.client("lambda").create_function(
        FunctionName=outputs["edge_function_name"],
        Runtime="python3.13",
        Handler="a.b",
        Role=role,
        Code={"ZipFile": code.getvalue()},
        Publish=True,
    )


def respond(call: Call) -> ScriptedResponse:
    """Respond as CloudFront does to requests for a distribution; moto responds to other services."""
    if not call.path.startswith("/2020-05-31/distribution/"):
        return None
    if call.path.endswith("/invalidation"):
        return (201, invalidation_xml("I1")) if call.method == "POST" else (200, invalidations())
    return 200, invalidation_xml("I1") if "/invalidation/" in call.path else distribution()


def run(capsys: Capture, *arguments: str) -> Any:
    assert main([*arguments, "--stack", "dev", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_status_knows_every_part_of_a_deployed_stack(stack: DeployedStack, capsys: Capture) -> None:
    checks = run(capsys, "status")

    assert checks["stack"] == "dev"
    assert checks["distribution"]["id"] == stack.outputs["distribution_id"]
    assert checks["edge_function"]["newest"] == "1"
    assert checks["queue"]["waiting"] == checks["dead_letters"]["count"] == 0
    assert checks["budget"]["name"] == stack.outputs["budget_name"]
    assert checks["renders"]["regions"] == [REGION]
    assert checks["recipients"] == {"routine": {"not_confirmed": [], "regions_without_recipient": ["us-east-1"]}}


def test_invalidate_reaches_the_distribution_and_the_originals(stack: DeployedStack, capsys: Capture) -> None:
    assert main(["invalidate", "cats/1.jpg", "--strict", "--stack", "dev"]) == 0

    (created,) = [call for call in stack.calls if call.method == "POST" and call.path.startswith("/2020")]
    assert created.path == f"/2020-05-31/distribution/{stack.outputs['distribution_id']}/invalidation"
    assert "warning" not in capsys.readouterr().err


def test_redrive_moves_messages_between_the_queues_of_the_stack(
    stack: DeployedStack, moto: Moto, capsys: Capture
) -> None:
    sqs = moto.client("sqs", REGION)
    urls = [
        sqs.get_queue_url(QueueName=stack.outputs[name].rpartition("/")[2])["QueueUrl"]
        for name in ("dead_letters_queue_url", "refresh_queue_url")
    ]
    sqs.send_message(QueueUrl=urls[0], MessageBody="a message")

    (moved,) = run(capsys, "redrive")

    assert moved["put_back"]
    assert sqs.receive_message(QueueUrl=urls[1])["Messages"][0]["Body"] == "a message"


def test_sweep_lists_the_versions_of_the_edge_function(stack: DeployedStack, capsys: Capture) -> None:
    result = run(capsys, "sweep", "--dry-run")

    assert result["function"] == stack.outputs["edge_function_name"]
    assert [version["kept_because"] for version in result["versions"]] == ["used by the stack"]


def test_warm_requests_renditions_from_the_url_of_the_stack(
    stack: DeployedStack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """No server has the host name of the stack, so the test ends at the lookup of the name."""
    hosts: list[str] = []

    def refuse(host: str, *_: Any, **__: Any) -> Any:
        hosts.append(host)
        raise OSError("no such host")

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr("socket.getaddrinfo", refuse)

    assert main(["warm", "cats/1.jpg", "--widths", "320", "--stack", "dev"]) == 1

    assert {f"https://{host}" for host in hosts} == {stack.outputs["url"]}


def test_sweep_after_destroy_asks_for_the_name_of_the_function(stack: DeployedStack, capsys: Capture) -> None:
    assert stack.deployment.destroy().status == 0

    assert main(["sweep", "--dry-run", "--stack", "dev"]) == 1
    assert "give the name of its function with --function NAME" in capsys.readouterr().err
    assert main(["sweep", "--dry-run", "--function", stack.outputs["edge_function_name"]]) == 0
