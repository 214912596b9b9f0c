import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from local.aws.provision import unknown
from local.program.program import Program, ProgramError, Resource
from local.program.recorder import record
from tests.support.served_stack import ROOT, STACKS, broken_program

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


def test_in_a_preview_what_aws_will_compute_is_unknown() -> None:
    preview = record(ROOT, "prod", overrides={"bundleTarget": "host"}, preview=True)

    (policy,) = preview.of("aws:kms/keyPolicy:KeyPolicy")
    assert isinstance(policy.inputs["policy"], Unknown)
    assert preview.outputs["distribution_id"] is None
    assert preview.outputs["cache_tag_header"] == "cache-tag"


def changed(**overrides: str) -> set[str]:
    """The types of which something is declared otherwise than in dev as it is."""

    def declared(overrides: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
        program = record(ROOT, "dev", overrides={"bundleTarget": "host"} | overrides)
        return {(each.type, each.name): each.inputs | {"code": code_of(each)} for each in program.resources}

    one, other = declared({}), declared(overrides)
    assert one.keys() == other.keys()
    changed = {type_ for (type_, name), inputs in one.items() if other[type_, name] != inputs}
    # There are two kinds of functions.
    return {type_[4:] if type_.endswith("Function") else type_.rpartition(":")[2] for type_ in changed}


def code_of(resource: Resource) -> Any:
    """The text of a CloudFront Function, the path of a bundle, which is named by its content."""
    code = resource.inputs.get("code")
    return getattr(code, "path", code)


@pytest.mark.parametrize(
    ("name", "value"),
    [("maxBytes", "1000"), ("maxPixels", "1000"), ("maxFrames", "10"), ("browserTtl", "5"), ("edgeVersion", "3")],
)
def test_a_limit_and_going_back_change_the_distribution_and_nothing_else(name: str, value: str) -> None:
    assert changed(**{name: value}) == {"Distribution"}


def test_what_the_cdn_keeps_changes_the_cache_policy_too_and_no_function() -> None:
    assert changed(cdnTtl="77") == {"Distribution", "CachePolicy"}


def test_what_viewers_may_ask_for_changes_the_function_in_front_too_and_not_the_lambda() -> None:
    assert changed(maxDimension="2000") == {"Distribution", "cloudfront/function:Function"}


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
    root = broken_program(
        tmp_path, "infra/delivery/cache_policies.py", '"Path and canonical query"', '"Another comment"'
    )

    comments = [
        record(each, "dev", overrides={"bundleTarget": "host"})
        .of("aws:cloudfront/cachePolicy:CachePolicy")[0]
        .inputs["comment"]
        for each in (root, ROOT)
    ]

    assert comments == ["Another comment", "Path and canonical query"]
