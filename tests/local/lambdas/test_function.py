import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest

from local.lambdas.function import FunctionError, LambdaFunction
from local.program.program import Resource

HANDLER = """
import importlib, os, sys
def handler(event, context):
    if "import" in event:
        importlib.import_module(event["import"])
    return {"environment": dict(os.environ), "path": sys.path, "left": context.get_remaining_time_in_millis(),
            "name": context.function_name, "id": context.aws_request_id, "pid": os.getpid()}
"""


def invoke(folder: Path, *events: dict[str, Any]) -> list[Any]:
    """Each event's answer, or the error."""
    (folder / "main.py").write_text(HANDLER)
    inputs = {"code": pulumi.FileArchive(str(folder)), "handler": "main.handler", "runtime": "python3.13", "timeout": 5}
    outputs = {"name": "f", "version": "7", "region": "us-east-1"}
    resource = Resource(type="t", name="f", id="f", inputs=inputs, outputs=outputs)

    async def all_of_them() -> list[Any]:
        environment = {"AWS_ACCESS_KEY_ID": "role"}
        function = LambdaFunction(resource, root=folder, region="eu-west-1", environment=environment, log=print)
        try:
            answers = []
            for event in events:
                try:
                    answers.append(await function.invoke(event))
                except FunctionError as error:
                    answers.append(error)
            return answers
        finally:
            await function.close()

    return asyncio.run(all_of_them())


def test_the_environment_is_lambdas_and_nothing_of_this_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_MACHINE", "x")

    [answer] = invoke(tmp_path, {})

    assert "SECRET_OF_THIS_MACHINE" not in answer["environment"]
    assert answer["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == "us-east-1.f"
    assert answer["environment"]["AWS_REGION"] == "eu-west-1"
    assert answer["environment"]["AWS_ACCESS_KEY_ID"] == "role"


def test_nothing_is_importable_but_the_bundle_and_the_standard_library(tmp_path: Path) -> None:
    refused, allowed = invoke(tmp_path, {"import": "boto3"}, {"import": "sqlite3"})

    assert isinstance(refused, FunctionError)
    assert "No module named 'boto3'" in str(refused)
    assert not [entry for entry in allowed["path"] if "site-packages" in entry]


def test_a_handler_that_raised_keeps_its_sandbox_warm(tmp_path: Path) -> None:
    first, _, again = invoke(tmp_path, {}, {"import": "no_such_module"}, {})

    assert first["pid"] == again["pid"]
    assert first["id"] != again["id"]


def test_the_context_tells_the_time_that_is_left(tmp_path: Path) -> None:
    [answer] = invoke(tmp_path, {})

    assert 0 < answer["left"] <= 5000
    assert answer["name"] == "us-east-1.f"
