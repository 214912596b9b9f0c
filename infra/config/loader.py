"""Load and validate the configuration of a stack as a whole; the components do not validate again."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

import pulumi
from pulumi.runtime import config as runtime_config

from infra.config import limits
from infra.config.cross_checks import find_conflicts
from infra.config.stack_config import ConfigError, StackConfig
from infra.config.stack_file import misplaced_keys, read_stack_file

Problem = tuple[str, str]
"""The name of a field, and the message about its value."""

_NO_REGION: Final = (
    "is not set and has no default: run `pulumi config set aws:region REGION`. REGION is the Region of the buckets, "
    "which cannot change later: choose a Region near the uploaders and the viewers, as docs/config.md describes"
)

_NAMESPACE_SIMILARITY: Final = 0.8
"""The similarity, from 0 to 1, from which on a namespace is taken for a misspelling of the project's name."""


def load_config(config: pulumi.Config) -> StackConfig:
    """Return the configuration that Pulumi passes to this program.

    Raises ConfigError, which lists all problems, if the configuration is invalid.
    """
    # Pulumi's engine sets an environment variable. A program that runs inside another process sets the map.
    values = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    stack = pulumi.get_stack()
    return parse_config(values, project=config.name, stack=stack, stack_file=read_stack_file(stack))


def parse_config(values: Mapping[str, str], *, project: str, stack: str, stack_file: str = "") -> StackConfig:
    """Return the configuration of full keys, such as `edge-image-resizer:maxDimension`.

    Keys of other namespaces than the project's are ignored, except `aws:region`. `stack_file` is the text of
    Pulumi.<stack>.yaml, of which `values` has only the keys that Pulumi has read. Raises ConfigError, which lists all
    problems, if the configuration is invalid.
    """
    keys = {item.name: _full_key(item.name, project) for item in fields(StackConfig)}
    texts = {name: values[key] for name, key in keys.items() if key in values}
    config, problems = _read(texts)
    messages: list[str] = []
    if misplaced := misplaced_keys(stack_file):
        messages.append(
            f"Pulumi.{stack}.yaml: Pulumi ignores {', '.join(misplaced)}: write `config:` in a line of its own, "
            "and indent the keys of the stack below it"
        )
        problems = [problem for problem in problems if problem[0] in texts]
    messages += [f"{keys[name]}: {message}" for name, message in problems]
    messages += _stack_name_problems(stack)
    messages += _unknown_keys(values, known_keys=list(keys.values()), project=project)
    _raise_if_any(messages)
    return config


def check_config(config: StackConfig, *, stack: str) -> None:
    """Check a StackConfig that Python code constructed, as parse_config checks texts.

    Raises ConfigError, which lists all problems under the names of the fields, if the configuration is invalid.
    """
    values = {item.name: getattr(config, item.name) for item in fields(StackConfig)}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    _, problems = _read(texts)
    _raise_if_any([*(f"{name}: {message}" for name, message in problems), *_stack_name_problems(stack)])


def _read(texts: Mapping[str, str]) -> tuple[StackConfig, list[Problem]]:
    """Read the texts by field. A field whose text is invalid has its default in the returned configuration."""
    values: dict[str, Any] = {"region": ""}
    problems: dict[str, str] = {}
    for item in fields(StackConfig):
        text = texts.get(item.name)
        try:
            if text is not None:
                values[item.name] = item.metadata["read"](text)
            elif item.default is MISSING and item.default_factory is MISSING:
                problems[item.name] = _NO_REGION
        except ValueError as error:
            problems[item.name] = str(error) if item.metadata.get("secret") else f"{text} {error}"
    config = StackConfig(**values)
    # Report a conflict between fields only if each of these fields is valid by itself.
    conflicts = [conflict for conflict in find_conflicts(config) if problems.keys().isdisjoint(conflict.fields)]
    return config, [*problems.items(), *((conflict.fields[0], conflict.message) for conflict in conflicts)]


def _full_key(name: str, project: str) -> str:
    first, *rest = name.split("_")
    return "aws:region" if name == "region" else f"{project}:{first}{''.join(map(str.capitalize, rest))}"


def _stack_name_problems(stack: str) -> Iterator[str]:
    if not limits.STACK_NAME.fullmatch(stack):
        yield (
            f"name of the stack: {stack} is not 1 to 20 lower-case letters, digits and dashes, "
            "beginning with a letter or digit"
        )


def _unknown_keys(values: Mapping[str, str], *, known_keys: list[str], project: str) -> Iterator[str]:
    # The key of the Region belongs to the namespace `aws`, so the advice must contain the namespace.
    spellings = {key.split(":")[1]: key.removeprefix(f"{project}:") for key in known_keys}
    for key in values:
        namespace, _, name = key.partition(":")
        if namespace == project:
            if key not in known_keys:
                similar = difflib.get_close_matches(name, spellings, n=1)
                advice = f"did you mean {spellings[similar[0]]}?" if similar else "docs/config.md lists all keys"
                yield f"{key}: unknown key; {advice}"
        elif difflib.get_close_matches(namespace.lower(), [project], cutoff=_NAMESPACE_SIMILARITY):
            yield f"{key}: unknown namespace; did you mean {project}:{name}?"


def _raise_if_any(messages: list[str]) -> None:
    if messages:
        raise ConfigError("\n  ".join(["the configuration of this stack is invalid:", *messages]))
