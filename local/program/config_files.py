"""Reads the config of a stack from Pulumi.yaml and Pulumi.<stack>.yaml."""

import json
from pathlib import Path
from typing import Any

import yaml

from local.program.program import ProgramError


def stack_config(root: Path, stack: str) -> tuple[str, dict[str, str]]:
    """Return the project's name and the config that Pulumi would pass: the project's defaults and the stack's values.

    Raises ProgramError if there is no Pulumi.<stack>.yaml.
    """
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
        raise ProgramError(f"there is no stack {stack!r}: the existing stacks are {', '.join(known)}")
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())
    declared: dict[str, Any] = project.get("config") or {}
    defaults = {key: spec["default"] for key, spec in declared.items() if "default" in spec}
    values: dict[str, Any] = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
    return project["name"], {
        config_key(project["name"], key): value if isinstance(value, str) else json.dumps(value)
        for key, value in (defaults | values).items()
    }


def config_key(project: str, key: str) -> str:
    """Return a config key with a namespace. A key without a namespace gets the project's name."""
    return key if ":" in key else f"{project}:{key}"
