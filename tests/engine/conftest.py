"""Deployed stacks for the tests with Pulumi's real engine. Without the CLI, the tests that use them are skipped."""

import itertools
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.engine.pulumi_cli import TOOLS, Deployment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run Pulumi. `make test` leaves them out, and `make engine` selects them."""
    for item in items:
        if "_require_pulumi" in getattr(item, "fixturenames", ()):
            item.add_marker("engine")


@pytest.fixture(scope="session")
def _require_pulumi() -> None:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(
            f"{', '.join(missing)} is not on the PATH: install the Pulumi CLI (https://www.pulumi.com/docs/install/), "
            "then run `make engine`"
        )


@pytest.fixture(scope="session")
def _first_deployment(_require_pulumi: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Deployment]:
    @cache
    def deploy(stack: str, settings: str) -> Deployment:
        deployment = Deployment.create(tmp_path_factory.mktemp(stack) / "first", stack)
        deployment.set(**json.loads(settings))
        run = deployment.update()
        assert run.status == 0, run.output
        return deployment

    return deploy


@pytest.fixture
def deployed(_first_deployment: Callable[..., Deployment], tmp_path: Path) -> Callable[..., Deployment]:
    """Return a function that returns a stack after its first deployment, for this test alone.

    Keyword arguments are keys of the configuration, in addition to those of the stack's file.
    """
    numbers = itertools.count()
    return lambda stack, **settings: _first_deployment(stack, json.dumps(settings)).copy(
        tmp_path / f"{stack}-{next(numbers)}"
    )


@pytest.fixture
def undeployed(_require_pulumi: None, tmp_path: Path) -> Callable[..., Deployment]:
    """Return a function that returns a new stack before its first deployment."""

    def create(stack: str, **settings: Any) -> Deployment:
        deployment = Deployment.create(tmp_path / "undeployed", stack)
        deployment.set(**settings)
        return deployment

    return create
