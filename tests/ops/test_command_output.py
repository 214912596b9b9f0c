"""The cog functions of docs/command_output.py."""

import os
from pathlib import Path

import pytest
from cogapp import Cog

from docs.command_output import command_output
from ops.__main__ import cli

PAGE = """before

<!-- [[[cog
from docs.command_output import markdown, show
show("cost --requests 0 --originals 0")
markdown("prices --markdown")
]]] -->
old
<!-- [[[end]]] -->

after
"""


def test_cog_replaces_the_old_output_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)

    assert Cog().main(["cog", "--check", str(page)]) == 5
    assert Cog().main(["cog", "-r", str(page)]) == 0
    assert Cog().main(["cog", "--check", str(page)]) == 0

    page_text = page.read_text()
    assert "old" not in page_text
    assert "\n```console\n$ python -m ops cost --requests 0 --originals 0\nUSD per month " in page_text
    assert "\n\n| item | location | USD " in page_text
    assert "| S3 storage |" in page_text
    assert page_text.startswith("before\n\n<!-- [[[cog\n")
    assert page_text.endswith("\n<!-- [[[end]]] -->\n\nafter\n")


def test_stack_prod_is_the_example_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    printed = command_output("invalidate cats/1.jpg --stack prod --run example --dry-run")

    assert printed.startswith("would send to distribution E2QWRUHAPOMQZL: ")


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_help_is_at_most_100_columns_wide(command: str) -> None:
    columns = os.environ.get("COLUMNS")

    printed = command_output(f"{command} --help")

    assert printed.startswith(f"Usage: python -m ops {command} ")
    assert max(len(line) for line in printed.splitlines()) <= 100
    assert os.environ.get("COLUMNS") == columns


@pytest.mark.parametrize(
    "command",
    [
        "cost --requests 1000G",
        "cost --requests 1M 10M 100M 1G 10G 100G 1000G",
        "compare",
        "compare --render-ms 30000 --memory 10240",
        "compare --render-ms 1 --memory 128",
        "prices",
        "status --help",
    ],
)
def test_output_is_at_most_100_columns_wide(command: str) -> None:
    """A URL, which cannot be divided, may be longer."""
    assert max(len(line) for line in command_output(command).splitlines() if "https://" not in line) <= 100


def test_command_that_fails_raises_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="python -m ops cost --memory 1 ended with status 2"):
        command_output("cost --memory 1")
    assert "--memory" in capsys.readouterr().err
