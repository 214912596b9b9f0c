"""Every stack declares the resources of its snapshot."""

import pytest

from tests.infra.snapshots import FOLDER, snapshot
from tests.support.recorded_programs import program
from tests.support.served_stack import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_declared_resources_equal_the_snapshot(stack: str) -> None:
    reviewed_snapshot = (FOLDER / f"{stack}.txt").read_text()

    assert snapshot(program(stack)) == reviewed_snapshot, (
        "run python -m tests.infra.snapshots and review the difference"
    )
