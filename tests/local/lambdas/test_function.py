import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest

from local.lambdas.function import LambdaFunction
from local.lambdas.sandbox_process import FunctionError
from local.program.program import Resource

HANDLER = """
import importlib, os, sys
def handler(event, context):
    if "import" in event:
        importlib.import_module(event["import"])
    return {"environment": dict(os.environ), "path": sys.path, "remaining_ms": context.get_remaining_time_in_millis(),
            "name": context.function_name, "id": context.aws_request_id, "pid": os.getpid()}
"""


def invoke(folder: Path, *events: dict[str, Any]) -> list[Any]:
    """Return the handler's result, or the FunctionError, for each event."""
    (folder / "main.py").write_text(HANDLER)
    inputs = {"code": pulumi.FileArchive(str(folder)), "handler": "main.handler", "runtime": "python3.13", "timeout": 5}
    outputs = {"name": "f", "version": "7", "region": "us-east-1"}
    resource = Resource(type="t", name="f", id="f", inputs=inputs, outputs=outputs)

    async def invoke_all() -> list[Any]:
        environment = {"AWS_ACCESS_KEY_ID": "role"}
        function = LambdaFunction(resource, root=folder, region="eu-west-1", environment=environment, report=print)
        try:
            results = []
            for event in events:
                try:
                    results.append(await function.invoke(event))
                except FunctionError as error:
                    results.append(error)
            return results
        finally:
            await function.close()

    return asyncio.run(invoke_all())


def test_environment_has_lambdas_variables_and_none_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_MACHINE", "x")

    [result] = invoke(tmp_path, {})

    assert "SECRET_OF_THIS_MACHINE" not in result["environment"]
    assert result["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == "us-east-1.f"
    assert result["environment"]["_HANDLER"] == "main.handler"
    assert result["environment"]["AWS_REGION"] == "eu-west-1"
    assert result["environment"]["AWS_ACCESS_KEY_ID"] == "role"


def test_only_the_bundle_and_the_standard_library_are_importable(tmp_path: Path) -> None:
    refused, allowed = invoke(tmp_path, {"import": "boto3"}, {"import": "sqlite3"})

    assert isinstance(refused, FunctionError)
    assert "No module named 'boto3'" in str(refused)
    assert not [entry for entry in allowed["path"] if "site-packages" in entry]


def test_sandbox_stays_warm_after_the_handler_raised(tmp_path: Path) -> None:
    first, _, again = invoke(tmp_path, {}, {"import": "no_such_module"}, {})

    assert first["pid"] == again["pid"]
    assert first["id"] != again["id"]


def test_context_contains_the_remaining_time_and_the_name(tmp_path: Path) -> None:
    [result] = invoke(tmp_path, {})

    assert 0 < result["remaining_ms"] <= 5000
    assert result["name"] == "us-east-1.f"
