"""Configurations of a stack as texts by key, as Pulumi passes them to the program."""

import pytest

from common.contract import PROJECT
from infra.config.loader import parse_config
from infra.config.stack_config import ConfigError, StackConfig

REGION = {"aws:region": "eu-central-1"}
"""The only key that a stack must set."""


def parse_keys(**texts: str) -> StackConfig:
    """Return the configuration of a stack with a Region and these texts of the project's keys."""
    return parse_config(full_keys(texts), project=PROJECT, stack="dev")


def full_keys(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts by full key, with the Region, from texts by the name of a key."""
    return REGION | {f"{PROJECT}:{name}": text for name, text in texts.items()}


def list_problems(values: dict[str, str]) -> list[str]:
    """Return the lines of the error that a configuration causes. `values` has full keys."""
    with pytest.raises(ConfigError) as caught:
        parse_config(values, project=PROJECT, stack="dev")
    first, *lines = str(caught.value).split("\n  ")
    assert first == "the configuration of this stack is invalid:"
    return lines
