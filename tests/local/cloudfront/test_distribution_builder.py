"""Test the distribution of the recorded program without a running moto."""

import asyncio
from types import SimpleNamespace
from typing import Any

from local.cloudfront.behavior import Behavior
from local.cloudfront.distribution_builder import build_distribution
from local.lambdas.functions import LambdaFunctions
from local.program.recorder import record
from tests.support.served_stack import ROOT


def test_behaviors_with_the_same_function_and_region_share_its_pool() -> None:
    program = record(ROOT, "dev", overrides={"bundleTarget": "host"})
    cloud: Any = SimpleNamespace(url="http://127.0.0.1:9", s3=lambda region: None, role_credentials=lambda arn: {})

    async def behaviors() -> list[Behavior]:
        async with LambdaFunctions(program, cloud, "http://127.0.0.1:9", print) as functions:
            return build_distribution(program, cloud, functions, print)._behaviors

    originals, renditions = asyncio.run(behaviors())
    assert originals.origin is not renditions.origin
    assert originals.lambda_function is not None
    assert originals.lambda_function is renditions.lambda_function
