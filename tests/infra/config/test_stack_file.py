"""Keys of Pulumi.<stack>.yaml that Pulumi ignores are reported, instead of their consequences."""

from pathlib import Path

import pytest

from infra.config.stack_file import misplaced_keys
from local.program.recorder import ProgramError, record
from tests.support.served_stack import ROOT, STACKS, broken_program

KEYS = "  aws:region: eu-central-1\n  edge-image-resizer:budget: 10\n"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param(KEYS.replace("  ", ""), ["aws:region", "edge-image-resizer:budget"], id="no line config"),
        pytest.param(f"# A stack.\n{KEYS}", ["aws:region", "edge-image-resizer:budget"], id="indented, no line config"),
        pytest.param(f"Config:\n{KEYS}", ["Config"], id="misspelled config"),
        pytest.param(f"config:\n{KEYS}'aws:profile': work\n", ["aws:profile"], id="a key that is not indented"),
        pytest.param(f"encryptionsalt: v1:aBc=:v1:dEf\nenvironment:\n  - prod\nconfig:\n{KEYS}", [], id="correct"),
        pytest.param("", [], id="empty"),
    ],
)
def test_keys_outside_of_config_are_found(text: str, keys: list[str]) -> None:
    assert misplaced_keys(text) == keys


@pytest.mark.parametrize("stack", STACKS)
def test_stacks_of_this_repository_have_no_misplaced_key(stack: str) -> None:
    assert misplaced_keys((ROOT / f"Pulumi.{stack}.yaml").read_text()) == []


def test_stack_file_when_it_lacks_config_is_the_only_problem(tmp_path: Path) -> None:
    root = broken_program(tmp_path, "Pulumi.dev.yaml", "config:\n", "")

    with pytest.raises(ProgramError) as caught:
        record(root, "dev")
    first, *problems = str(caught.value).split("\n  ")
    assert first.endswith("the configuration of this stack is invalid:")
    assert len(problems) == 1
    assert problems[0].startswith("Pulumi.dev.yaml: Pulumi ignores aws:region, edge-image-resizer:browserTtl,")
    assert problems[0].endswith(": write `config:` in a line of its own, and indent the keys of the stack below it")
