"""The fixtures that build the bundle of the edge function, and find an interpreter that can import the bundle."""

import platform
import sys
from pathlib import Path

import pytest

from infra.packaging import bytecode
from infra.packaging.bundle import build_bundle
from tests.support.served_stack import ROOT


@pytest.fixture(scope="module")
def tree(target: str) -> Path:
    return build_bundle(ROOT, target)


@pytest.fixture(scope="module")
def interpreter(target: str) -> str:
    """Return an interpreter that can import the bundle of the target."""
    if target == "host":
        return sys.executable
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("this machine cannot load libraries for Lambda")
    return bytecode.lambda_interpreter()
