"""Test that the pages document every parameter, key, output and option, and that their links and form are correct."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.program.recorder import record
from tests.support.recorded_programs import program as recorded_program
from tests.support.served_stack import ROOT
from tests.support.viewer_function import CODE

README = (ROOT / "README.md").read_text()
PAGES = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
PARAMETERS = re.findall(r"^  (\w+): ", CODE.partition("const ACCEPTS = {")[2].partition("};")[0], re.MULTILINE)
TARGETS = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_parameter_is_in_the_readme_and_the_url_page() -> None:
    assert len(PARAMETERS) == 8
    for page in (README, PAGES["url.md"]):
        rows = re.findall(r"^\| (`\w+`[^|]*) \|", page, re.MULTILINE)
        assert set(PARAMETERS) <= {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_config_key_is_in_the_config_page() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    project_keys = {key for key in declared if ":" not in key}

    assert project_keys
    assert project_keys <= set(re.findall(r"^\| `(\w+)`", PAGES["config.md"], re.MULTILINE))


def test_every_output_is_in_the_deployment_page() -> None:
    program = record(ROOT, "dev", overrides={"bundleTarget": "host"})

    assert set(program.outputs) == set(
        re.findall(r"^\| `(\w+)` \|", PAGES["deployment.md"].partition("## Outputs")[2], re.MULTILINE)
    )


def test_example_outputs_are_those_of_the_stack_prod() -> None:
    """The example differs from the recorded program only in the names and IDs that Pulumi or AWS would assign."""

    def without_names(value: Any) -> Any:
        if isinstance(value, list):
            return [without_names(item) for item in value]
        if isinstance(value, dict):
            return {name: without_names(item) for name, item in value.items()}
        # The first five fields of an ARN name the service, the Region and the account.
        return value.split(":")[:5] if value.startswith("arn:") else bool(value)

    example = json.loads((ROOT / "docs" / "examples" / "outputs.json").read_text())
    outputs = recorded_program("the stack's own domain").outputs

    assert list(example) == list(outputs)
    assert {name: without_names(example[name]) for name in outputs} == {
        name: without_names(value) for name, value in outputs.items()
    }


def test_make_help_lists_every_target() -> None:
    completed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert 0 < len(TARGETS) <= 13
    assert re.findall(r"^  make (\w+)", completed.stdout, re.MULTILINE) == TARGETS


def test_every_option_of_the_local_engine_is_in_its_page() -> None:
    options = re.findall(r'add_argument\(\s*"(--\w+)"', (ROOT / "local" / "__main__.py").read_text())

    assert options
    for option in options:
        assert option in PAGES["local.md"]


def test_contributing_names_the_command_that_writes_each_image() -> None:
    generated = (ROOT / "CONTRIBUTING.md").read_text().partition("## Generated files")[2]

    for path in (ROOT / "docs" / "images").iterdir():
        assert re.search(
            rf"^\| .*`docs/images/{path.name}`.* \| `(make \w+|python -m ops \w+)`.*\|", generated, re.MULTILINE
        ), path.name


def test_default_qualities_in_the_url_page_are_those_of_the_code() -> None:
    from edge.imaging.encode import QUALITY

    row = next(line for line in PAGES["url.md"].splitlines() if line.startswith("| `quality`"))

    assert dict(re.findall(r"(\w+) (\d+)[,|\s]", row.split("|")[3])) == {k: str(v) for k, v in QUALITY.items()}


MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "samples" / "README.md"]
by_page = pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: str(page.relative_to(ROOT)))


def prose_lines(page: Path) -> list[str]:
    """Return the lines of a page outside fenced blocks and generated parts."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^<!-- \[\[\[cog.*?\[\[\[end\]\]\] -->$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@by_page
def test_every_link_has_a_target(page: Path) -> None:
    for path, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", page.read_text()):
        if path.startswith("http"):
            continue
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@by_page
def test_every_file_named_in_a_page_exists(page: Path) -> None:
    """A path in code marks that begins with a folder of the project must lead to a file or a folder."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"build"}

    for line in prose_lines(page):
        for path in re.findall(r"`([\w./-]+/[\w./*-]*)`", line):
            if path.split("/")[0] in folders:
                assert list(ROOT.glob(path.rstrip("/"))), path


@by_page
def test_every_module_named_in_a_page_exists(page: Path) -> None:
    """A name without a folder, such as `retry.py`, must be the name of a file of the project."""
    names = {name for line in prose_lines(page) for name in re.findall(r"`(\w+\.(?:py|m?js))`", line)}

    assert all(list(ROOT.glob(f"*/**/{name}")) for name in names)


def test_request_page_names_every_module_of_the_edge_function() -> None:
    path_of_a_request = PAGES["request.md"].partition("```\n")[2].partition("```")[0]
    modules = {path.name for path in (ROOT / "edge").rglob("*") if path.suffix in (".py", ".js")} - {"__init__.py"}

    assert modules - set(re.findall(r"\w+\.(?:py|js)", path_of_a_request)) == set()


@by_page
def test_lines_outside_tables_have_at_most_160_columns(page: Path) -> None:
    long_lines = [line for line in prose_lines(page) if len(line) > 160 and not line.startswith("|")]

    assert long_lines == []


def test_every_decision_is_listed_and_has_the_common_sections() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (folder / "README.md").read_text())

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in listed:
        text = (folder / name).read_text()
        assert len(text.splitlines()) <= 60, name
        for part in ("Status", "Date", "Context", "Decision", "Consequences", "What would change this decision"):
            assert re.search(rf"^(\*\*{part}|## {part})", text, re.MULTILINE), f"{name} has no {part}"


def test_every_test_that_the_security_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text()))
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    assert named
    assert not {name for name in named if f"def {name}(" not in tests}


def test_every_protection_of_the_security_page_names_its_tests() -> None:
    _, _, protections = (ROOT / "docs" / "security.md").read_text().partition("## Protections\n")
    protections = protections.partition("\n## ")[0]

    sections = protections.split("\n### ")[1:]
    assert sections
    for section in sections:
        assert "- **Tests**: " in section, section.partition("\n")[0]
