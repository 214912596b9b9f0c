"""Comparison of docs/operations.md with the commands."""

import re

import pytest
from cogapp import Cog

from tests.support.aws_servers import OUTPUTS
from tests.support.served_stack import ROOT

PAGE = ROOT / "docs" / "operations.md"
TEXT = PAGE.read_text()
COMMANDS = ["invalidate", "warm", "status", "logs", "dashboard", "page", "redrive", "sweep"]


def example_output(section: str) -> str:
    """Return the example output of a command in a section of the page."""
    match = re.search(r"```text\n(.*?)```", TEXT.partition(f"## {section}\n")[2], re.DOTALL)
    assert match
    return match[1]


def mask_times(text: str) -> str:
    """Return a text without its dates and times, which differ between two runs."""
    return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:]+", "<time>", text)


def mask_sizes(text: str) -> str:
    """Return a text without numbers of four digits or more, such as the sizes of bundles, and without their padding."""
    return re.sub(r" +(bytes|[\d,]{5,})(?=\s)", " <size>", text)


def test_page_shows_what_the_commands_print() -> None:
    assert len(re.findall(r"^\$ python -m ops ", TEXT, re.MULTILINE)) == 9
    assert Cog().main(["cog", "--check", str(PAGE)]) == 0, "PYTHONPATH=. cog -r docs/operations.md updates the page"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_for_aws_is_documented_with_help_and_permissions(command: str) -> None:
    section = TEXT.partition(f"\n### {command}\n")[2].partition("\n### ")[0]
    assert re.search(rf"^\$ python -m ops {command} --help\nusage: ", section, re.MULTILINE | re.IGNORECASE)
    assert f"| `{command}` | " in TEXT


def test_every_exit_status_is_documented() -> None:
    assert re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE) == ["0", "1", "2", "3", "130"]


def test_example_outputs_are_documented_outputs() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()

    assert set(OUTPUTS) <= set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([\w-]+)\)", TEXT))
def test_every_link_within_the_page_leads_to_a_section(anchor: str) -> None:
    titles = [title.lower().replace(" ", "-") for title in re.findall(r"^##+ (.*)$", TEXT, re.MULTILINE)]

    assert anchor in titles
