"""docs/operations.md says what the commands do."""

import re

import pytest

from ops.page import OPERATIONS, written
from tests.support.aws_servers import OUTPUTS
from tests.support.served_stack import ROOT

TEXT = OPERATIONS.read_text()
COMMANDS = ["invalidate", "warm", "status", "redrive", "sweep"]


def box(section: str) -> str:
    """What is shown there of a command that asks AWS."""
    found = re.search(r"```text\n(.*?)```", TEXT.partition(f"## {section}\n")[2], re.DOTALL)
    assert found
    return found[1]


def timeless(text: str) -> str:
    """Dates and times are another's every time."""
    return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:]+", "<time>", text)


def test_what_the_page_shows_is_what_the_commands_print() -> None:
    assert len(re.findall(r"^\$ python -m ops ", TEXT, re.MULTILINE)) == 6
    assert written(TEXT) == TEXT, "python -m ops.page writes it anew"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_asks_aws_is_on_the_page_with_its_help_and_rights(command: str) -> None:
    assert f"\n## {command}\n\n```console\n$ python -m ops {command} --help\nusage: " in TEXT
    assert f"| `{command}` | " in TEXT


def test_every_exit_status_is_on_the_page() -> None:
    assert re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE) == ["0", "1", "2", "3", "130"]


def test_the_example_has_outputs_that_stacks_have() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()

    assert set(OUTPUTS) <= set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([\w-]+)\)", TEXT))
def test_every_way_out_of_the_table_leads_to_a_section(anchor: str) -> None:
    titles = [title.lower().replace(" ", "-") for title in re.findall(r"^## (.*)$", TEXT, re.MULTILINE)]

    assert anchor in titles
