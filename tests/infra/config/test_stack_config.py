"""Pulumi.yaml, the stacks of this repository and docs/config.md agree with StackConfig."""

import json
import re
from typing import Any

import pytest
import yaml

from common.contract import PROJECT
from infra.config.loader import parse_config
from infra.config.stack_config import StackConfig
from tests.support.configurations import full_keys
from tests.support.served_stack import ROOT, STACKS

ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \| [^|]+ \| ([^|]+) \|", re.MULTILINE)
"""A row of a table in docs/config.md. The groups are the key, its type and its default."""


def declared_keys() -> dict[str, dict[str, Any]]:
    """The project's own keys in Pulumi.yaml."""
    config = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return {key: declaration for key, declaration in config.items() if ":" not in key}


def as_text(value: object) -> str:
    """The value as Pulumi passes it to the program."""
    return value if isinstance(value, str) else json.dumps(value)


def test_pulumi_yaml_declares_every_key_with_the_default_of_the_program() -> None:
    defaults = {key: declaration["default"] for key, declaration in declared_keys().items()}
    texts = {key: as_text(default) for key, default in defaults.items()}

    assert parse_config(full_keys(texts), project=PROJECT, stack="dev") == StackConfig(region="eu-central-1")
    assert len(defaults) == len(StackConfig.__dataclass_fields__) - 1, "all but the Region, which is aws:region"


def test_pulumi_yaml_declares_every_key_with_the_type_of_its_default() -> None:
    """Pulumi has no type for an object, so that a key with an object as its value has no type."""
    types = {"integer": int, "boolean": bool, "string": str, "array": list, "object": dict}

    assert declared_keys()
    for key, declaration in declared_keys().items():
        assert type(declaration["default"]) is types[type_text(declaration).split()[0].replace("list", "array")], key
        assert declaration["description"], key


@pytest.mark.parametrize("stack", STACKS)
def test_stacks_of_this_repository_are_valid(stack: str) -> None:
    values = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    texts = {key: as_text(value) for key, value in values.items()}

    config = parse_config(texts, project=PROJECT, stack="dev")

    assert config.protect == (stack == "prod")
    assert config.bundle_target == "lambda", "what is deployed is built for Lambda"


def test_config_page_has_every_key_with_its_type_and_default() -> None:
    rows = ROW.findall((ROOT / "docs" / "config.md").read_text())

    expected = [
        (key, type_text(declaration), f"`{default_text(declaration['default'])}`")
        for key, declaration in declared_keys().items()
    ]
    assert [tuple(map(str.strip, row)) for row in rows] == expected


def type_text(declaration: dict[str, Any]) -> str:
    if declaration.get("type") == "array":
        return f"list of {declaration['items']['type']}"
    return declaration.get("type", "object")


def default_text(default: object) -> str:
    return default or '""' if isinstance(default, str) else json.dumps(default).replace('"', "")
