"""What users can type or read is in the docs."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from local.program.recorder import record
from tests.support.served_stack import ROOT
from tests.support.viewer_function import CODE

README = (ROOT / "README.md").read_text()
PAGES = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
PARAMETERS = re.findall(r"^  (\w+): ", CODE.partition("const ACCEPTS = {")[2].partition("};")[0], re.MULTILINE)
TARGETS = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_parameter_is_in_the_readme_and_in_the_url_page() -> None:
    assert len(PARAMETERS) == 8
    for page in (README, PAGES["url.md"]):
        rows = re.findall(r"^\| (`\w+`[^|]*) \|", page, re.MULTILINE)
        assert set(PARAMETERS) <= {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_config_key_is_in_the_config_page() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    own = {key for key in declared if ":" not in key}

    assert own <= set(re.findall(r"^\| `(\w+)`", PAGES["config.md"], re.MULTILINE))


def test_every_output_is_in_the_deployment_page() -> None:
    program = record(ROOT, "dev", overrides={"bundleTarget": "host"})

    assert set(program.outputs) == set(
        re.findall(r"^\| `(\w+)` \|", PAGES["deployment.md"].partition("## Outputs")[2], re.MULTILINE)
    )


def test_there_are_at_most_ten_make_targets_and_help_names_each() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert len(TARGETS) <= 10
    assert re.findall(r"^  make (\w+)", done.stdout, re.MULTILINE) == TARGETS


def test_every_option_of_the_command_is_in_the_local_page() -> None:
    options = re.findall(r'add_argument\("(--\w+)"', (ROOT / "local" / "__main__.py").read_text())

    assert options
    for option in options:
        assert option in PAGES["local.md"]


def test_the_defaults_that_the_url_page_gives_are_the_codes() -> None:
    from edge.imaging.encode import QUALITY

    row = next(line for line in PAGES["url.md"].splitlines() if line.startswith("| `quality`"))

    assert dict(re.findall(r"(\w+) (\d+)[,|\s]", row.split("|")[3])) == {k: str(v) for k, v in QUALITY.items()}


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_decision_is_in_the_list_and_fits_a_screen() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (folder / "README.md").read_text())

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in listed:
        assert len((folder / name).read_text().splitlines()) <= 30
