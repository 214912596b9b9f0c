import pytest

from local.aws.provision import unknown_types
from local.program.program import Program, Resource
from local.program.recorder import record
from tests.support.served_stack import ROOT, STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_type_is_known_to_the_engine(stack: str) -> None:
    assert unknown_types(record(ROOT, stack, overrides={"bundleTarget": "host"})) == []


def test_type_that_the_engine_does_not_know_is_listed_once() -> None:
    resources = [Resource(type="aws:x/y:Y", name=name, id=name, inputs={}, outputs={}) for name in ("first", "second")]
    program = Program(root=ROOT, stack="dev", region="us-east-1", resources=resources)

    assert unknown_types(program) == ["aws:x/y:Y"]
