import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pulumi

from local.lambdas.functions import LambdaFunctions
from local.program.program import Program, Resource

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "role"}


def functions_of(folder: Path) -> LambdaFunctions:
    """Create the functions of a program whose distribution has the URL https://d1.cloudfront.net when deployed."""
    program = Program(root=folder, stack="dev", region="eu-west-1", outputs={"url": "https://d1.cloudfront.net"})
    cloud: Any = SimpleNamespace(url="http://127.0.0.1:1", role_credentials=lambda arn: CREDENTIALS)
    return LambdaFunctions(program, cloud, "http://127.0.0.1:2", print)


def declared(folder: Path, name: str, **variables: str) -> Resource:
    inputs = {
        "code": pulumi.FileArchive(str(folder)),
        "handler": "main.handler",
        "runtime": "python3.13",
        "role": "r",
        "environment": {"variables": variables},
    }
    outputs = {"name": name, "arn": f"arn:{name}", "version": "1", "region": "us-east-1"}
    return Resource(type="t", name=name, id=name, inputs=inputs, outputs=outputs)


def test_function_has_one_pool_for_each_region(tmp_path: Path) -> None:
    functions = functions_of(tmp_path)
    edge, refresh = declared(tmp_path, "edge"), declared(tmp_path, "refresh")

    assert functions.get(edge, "eu-west-1") is functions.get(edge, "eu-west-1")
    assert functions.get(edge, "eu-west-1") is not functions.get(edge, "us-east-1")
    assert functions.get(edge, "eu-west-1") is not functions.get(refresh, "eu-west-1")


def test_environment_points_to_the_local_services(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import os\ndef handler(event, context):\n    return dict(os.environ)\n")
    resource = declared(tmp_path, "refresh", URL="https://d1.cloudfront.net", OTHER="x")

    async def environment() -> dict[str, str]:
        async with functions_of(tmp_path) as functions:
            return await functions.get(resource, "us-east-1").invoke({})

    expected = CREDENTIALS | {
        "URL": "http://127.0.0.1:2",
        "OTHER": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_CLOUDFRONT": "http://127.0.0.1:2",
    }
    assert expected.items() <= asyncio.run(environment()).items()


def test_all_pools_are_closed_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import os\ndef handler(event, context):\n    return os.getpid()\n")

    async def pids() -> list[int]:
        async with functions_of(tmp_path) as functions:
            pools = [functions.get(declared(tmp_path, name), "us-east-1") for name in ("edge", "refresh")]
            started = [await pool.invoke({}) for pool in pools]
            assert all(map(psutil.pid_exists, started))
        return started

    assert [pid for pid in asyncio.run(pids()) if psutil.pid_exists(pid)] == []
