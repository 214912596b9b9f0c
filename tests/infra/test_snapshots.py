import pytest

from tests.infra import snapshots
from tests.infra.programs import program
from tests.served import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_what_a_stack_declares_is_what_was_last_looked_at(stack: str) -> None:
    kept = (snapshots.FOLDER / f"{stack}.txt").read_text()

    assert snapshots.text(program(stack)) == kept, "python -m tests.infra.snapshots, and look at the difference"
