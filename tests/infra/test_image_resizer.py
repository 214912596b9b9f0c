"""The stack as one component: the tree of its resources, its outputs, and its use in other programs."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import mocks

from local.program.recorder import Program, ProgramError, record
from tests.support.program_copies import replace_function
from tests.support.recorded_programs import program
from tests.support.served_stack import ROOT, copy_program


def other_program(folder: Path, config: str) -> Path:
    """Return a copy of the program that passes `config` instead of the configuration of Pulumi.<stack>.yaml."""
    root = copy_program(folder)
    replace_function(root, "infra/config/loader.py", "load_config", f"return {config}")
    return root


def declared(recorded_program: Program) -> list[tuple[str, str]]:
    return sorted((resource.type, resource.name) for resource in recorded_program.resources)


def test_every_resource_is_a_descendant_of_the_image_resizer(monkeypatch: pytest.MonkeyPatch) -> None:
    parents: dict[str, str] = {}
    register = mocks.MockMonitor.RegisterResource

    def register_and_note_parent(monitor: mocks.MockMonitor, request: Any) -> Any:
        response = register(monitor, request)
        parents[response.urn] = request.parent
        return response

    def ancestors(urn: str) -> Iterator[str]:
        while urn := parents.get(urn, ""):
            yield urn

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", register_and_note_parent)
    record(ROOT, "prod", overrides={"bundleTarget": "host"})

    (resizer,) = (urn for urn in parents if urn.endswith("infra:image_resizer:ImageResizer::image-resizer"))
    urns_outside = [urn for urn in parents if resizer not in ancestors(urn)]
    assert [urn for urn in urns_outside if "pulumi:pulumi:Stack" not in urn.split("::")[2:3]] == [resizer]
    assert len(parents) > 60


def test_example_of_another_program_declares_the_same_resources(tmp_path: Path) -> None:
    """The example in docs/config.md runs, and its typed arguments have the same effect as the same keys."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "config.md").read_text(), re.DOTALL)
    keys = {"sizes": "[320, 640, 1280]", "formats": '["avif", "webp"]', "budget": "50", "bundleTarget": "host"}
    root = copy_program(tmp_path)
    (root / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n")

    (root / "__main__.py").write_text(example.replace("budget=50", 'budget=50, bundle_target="host"'))
    typed_program = record(root, "dev")
    shutil.copy(ROOT / "__main__.py", root)
    configured_program = record(root, "dev", overrides=keys)

    assert declared(typed_program) == declared(configured_program)
    assert typed_program.outputs == {
        "images_url": configured_program.outputs["url"],
        "originals_bucket": configured_program.outputs["originals_bucket"],
    }


def test_typed_arguments_when_invalid_are_refused_before_any_resource(tmp_path: Path) -> None:
    config = 'StackConfig(region="eu-central-1", max_dimension=0, bundle_target="host")'

    with pytest.raises(ProgramError, match="max_dimension: 0 is not a whole number from 1 to 8192"):
        record(other_program(tmp_path, config), "dev")


def test_every_output_is_in_the_deployment_page_in_the_same_order() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()

    assert list(program("dev").outputs) == re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)


def test_every_output_that_a_command_reads_exists() -> None:
    sources = [file.read_text() for file in (ROOT / "ops").rglob("*.py")]
    direct = {name for text in sources for name in re.findall(r"""(?:\.output|outputs\.get)\(["'](\w+)["']""", text)}
    queues = {name for text in sources for name in re.findall(r'"(\w+_queue_url)"', text)}

    assert "distribution_id" in direct
    assert "dead_letters_queue_url" in queues
    assert direct | queues <= set(program("dev").outputs)


def test_output_names_are_snake_case() -> None:
    assert [name for name in program("dev").outputs if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []


def test_minimum_version_of_pulumi_is_the_same_everywhere() -> None:
    """Older CLIs ignore the key of Pulumi.yaml, and run the program, which then refuses them."""
    minimum = "3.219.0"

    assert yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["requiredPulumiVersion"] == f">={minimum}"
    assert f'pulumi.require_pulumi_version(">={minimum}")' in (ROOT / "__main__.py").read_text()
    assert f"version {minimum} or newer" in (ROOT / "docs" / "deployment.md").read_text()


def test_program_requires_the_version_before_any_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(version_range: str) -> None:
        raise RuntimeError(f"Pulumi CLI version 3.150.0 does not satisfy {version_range}")

    monkeypatch.setattr(pulumi, "require_pulumi_version", refuse)
    root = other_program(tmp_path, "StackConfig()")  # Without a Region, the component could not be created.

    with pytest.raises(ProgramError, match=r"3\.150\.0 does not satisfy >=3\.219\.0"):
        record(root, "dev")


def test_main_program_has_no_logic_of_its_own() -> None:
    lines = (ROOT / "__main__.py").read_text().splitlines()

    assert len(lines) <= 30
    assert not [line for line in lines if re.match(r"\s*(if|while|def|class) ", line)]
