import pytest

from local.program.config_files import stack_config
from local.program.program import ProgramError
from tests.support.served_stack import ROOT


def test_config_of_a_stack_contains_the_defaults_of_the_project() -> None:
    project, config = stack_config(ROOT, "dev")

    assert project == "edge-image-resizer"
    assert config["aws:region"] == "eu-central-1"
    assert config["edge-image-resizer:edgeVersion"] == "0"


def test_unknown_stack_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ProgramError, match=r"there is no stack 'prdo': the existing stacks are dev, prod, staging"):
        stack_config(ROOT, "prdo")
