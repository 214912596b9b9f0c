"""Reads the config of a stack from Pulumi.yaml and Pulumi.<stack>.yaml."""

import json
from pathlib import Path
from typing import Any

import yaml

from local.program.program import ProgramError


def stack_config(root: Path, stack: str) -> tuple[str, dict[str, str]]:
    """Return the project's name and the config that Pulumi would pass: the project's defaults and the stack's values.

    Raises ProgramError if there is no Pulumi.<stack>.yaml, or if a file is not valid.
    """
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
        raise ProgramError(f"there is no stack {stack!r}: the existing stacks are {', '.join(known)}")
    project = _read_mapping(root / "Pulumi.yaml")
    declared: dict[str, Any] = project["config"]
    defaults = {key: spec["default"] for key, spec in declared.items() if "default" in spec}
    values: dict[str, Any] = _read_mapping(path)["config"]
    return project["name"], {
        config_key(project["name"], key): value if isinstance(value, str) else json.dumps(value)
        for key, value in (defaults | values).items()
    }


def name_prefix(root: Path, project: str, stack: str) -> str:
    """Return what `pulumi:autonaming` of Pulumi.yaml puts in front of the name of each resource.

    https://www.pulumi.com/docs/iac/concepts/resources/names/
    """
    setting: dict[str, Any] = _read_mapping(root / "Pulumi.yaml")["config"].get("pulumi:autonaming", {})
    pattern: str = setting.get("value", {}).get("pattern", "")
    return pattern.partition("${name}")[0].replace("${project}", project).replace("${stack}", stack)


def config_key(project: str, key: str) -> str:
    """Return a config key with a namespace. A key without a namespace gets the project's name."""
    return key if ":" in key else f"{project}:{key}"


def _read_mapping(path: Path) -> dict[str, Any]:
    """Return the content of a file in YAML; `config` is always a mapping. Raises ProgramError if it cannot be read."""
    try:
        content: Any = yaml.safe_load(path.read_text()) or {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ProgramError(f"{path.name} is not valid YAML: {error.problem or error.context}{place}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ProgramError(f"{path.name} cannot be read: {reason}") from error
    config = (content.get("config") or {}) if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise ProgramError(f"{path.name} is not valid: `config:` with lines such as `  name: value` is expected")
    return {**content, "config": config}
