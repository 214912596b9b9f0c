import pytest

from tests.infra import snapshots
from tests.support.recorded_programs import program
from tests.support.served_stack import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_what_a_stack_declares_is_what_was_last_looked_at(stack: str) -> None:
    kept = (snapshots.FOLDER / f"{stack}.txt").read_text()

    assert snapshots.text(program(stack)) == kept, "python -m tests.infra.snapshots, and look at the difference"
