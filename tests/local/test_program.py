import json
from pathlib import Path
from typing import Any

import pytest

from local.program import Program, ProgramError, record
from local.provision import unknown
from tests.served import ROOT, STACKS, broken_program

OPTIONAL = ("key_arn", "firewall_arn", "firewall_log_group", "access_logs_bucket")
"""Outputs that are empty where a stack does without."""


@pytest.fixture(scope="module", params=STACKS)
def program(request: pytest.FixtureRequest) -> Program:
    return record(ROOT, request.param, overrides={"bundleTarget": "host"})


def paths_of_nothing(value: Any, path: str = "") -> list[str]:
    """Where an input is null, or has null in its JSON: an output that nobody computed."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in paths_of_nothing(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for index, inner in enumerate(value) for found in paths_of_nothing(inner, f"{path}[{index}]")]
    if isinstance(value, str) and value.startswith(('{"', "[")):
        return paths_of_nothing(json.loads(value), path)
    return [path] if value is None or (isinstance(value, str) and "None" in value) else []


def test_every_stack_can_be_recorded_with_every_value_resolved(program: Program) -> None:
    found = {resource.name: paths_of_nothing(resource.inputs) for resource in program.resources}

    assert {name: paths for name, paths in found.items() if paths} == {}
    assert set(paths_of_nothing(program.outputs)) <= {f".{name}" for name in OPTIONAL}


def test_every_declared_type_is_known_to_the_engine(program: Program) -> None:
    assert unknown(program) == []


def test_no_output_is_a_secret(program: Program) -> None:
    assert program.secret_outputs == set()


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_can_be_previewed_when_nothing_exists_yet(stack: str) -> None:
    record(ROOT, stack, overrides={"bundleTarget": "host"}, preview=True)


def test_a_changed_limit_changes_the_distribution_and_not_the_function() -> None:
    one = record(ROOT, "dev", overrides={"bundleTarget": "host"})
    other = record(ROOT, "dev", overrides={"bundleTarget": "host", "maxDimension": "2000"})

    def inputs(program: Program, kind: str) -> list[dict[str, Any]]:
        plain = [dict(resource.inputs) for resource in program.of(kind)]
        return [values | {"code": getattr(values.get("code"), "path", None)} for values in plain]

    function, distribution = "aws:lambda/function:Function", "aws:cloudfront/distribution:Distribution"
    assert inputs(one, function) == inputs(other, function)
    assert inputs(one, distribution) != inputs(other, distribution)


def test_all_mistakes_in_a_config_are_reported_at_once_by_their_keys() -> None:
    overrides = {"bundleTarget": "host", "maxDimension": "0", "timeout": "99", "formats": '["gif"]'}

    with pytest.raises(ProgramError) as raised:
        record(ROOT, "dev", overrides=overrides)

    for key in ("maxDimension", "timeout", "formats"):
        assert f"edge-image-resizer:{key}" in str(raised.value)


def test_a_stack_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ProgramError, match=r"there is no stack 'prdo'; known: dev, prod, staging"):
        record(ROOT, "prdo")


def test_each_root_has_its_own_modules(tmp_path: Path) -> None:
    root = broken_program(tmp_path, "infra/caching.py", '"Path and canonical query"', '"Another comment"')

    comments = [
        record(each, "dev", overrides={"bundleTarget": "host"})
        .of("aws:cloudfront/cachePolicy:CachePolicy")[0]
        .inputs["comment"]
        for each in (root, ROOT)
    ]

    assert comments == ["Another comment", "Path and canonical query"]
