from pathlib import Path

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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"config:\n  a: [1\n  b: 2\n", r"Pulumi.bad.yaml is not valid YAML: .* in line 3, column 4$"),
        (b"config:\n\ta: 1\n", r"Pulumi.bad.yaml is not valid YAML: .* in line 2, column 1$"),
        (b"- a\n", r"Pulumi.bad.yaml is not valid: `config:` with lines such as"),
        (b"config: 5\n", r"Pulumi.bad.yaml is not valid: `config:` with lines such as"),
        (b"config: \xff\n", r"Pulumi.bad.yaml cannot be read: "),
        (b"config: \x00\n", r"Pulumi.bad.yaml cannot be read: "),
    ],
    ids=["bracket", "tab", "list", "number", "encoding", "control"],
)
def test_mistake_in_yaml_is_an_error_of_one_line(tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: project\n")
    (tmp_path / "Pulumi.bad.yaml").write_bytes(text)

    with pytest.raises(ProgramError, match=message) as error:
        stack_config(tmp_path, "bad")
    assert "\n" not in str(error.value)


def test_empty_file_of_a_stack_means_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: project\nconfig:\n  ttl: {default: 5}\n")
    (tmp_path / "Pulumi.empty.yaml").touch()

    assert stack_config(tmp_path, "empty") == ("project", {"project:ttl": "5"})
