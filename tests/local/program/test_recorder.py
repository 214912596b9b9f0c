import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from common.contract import SETTINGS_HEADER
from local.program.program import Program, ProgramError, Resource
from local.program.recorder import record
from tests.support.program_copies import set_constant
from tests.support.served_stack import ROOT, STACKS, copy_program

HOST = {"bundleTarget": "host"}
OPTIONAL = ("key_arn", "firewall_arn", "firewall_log_group", "access_logs_bucket", "metrics_namespace")
"""Outputs that are empty if a stack does not use the feature."""


@pytest.fixture(scope="module", params=STACKS)
def program(request: pytest.FixtureRequest) -> Program:
    return record(ROOT, request.param, overrides=HOST)


def null_paths(value: Any, path: str = "") -> list[str]:
    """Return where an input, or JSON inside it, is null: an output that the recorder did not compute."""
    if isinstance(value, dict):
        return [null_path for key, item in value.items() for null_path in null_paths(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [null_path for index, item in enumerate(value) for null_path in null_paths(item, f"{path}[{index}]")]
    if isinstance(value, str) and value.startswith(('{"', "[")):
        return null_paths(json.loads(value), path)
    return [path] if value is None or (isinstance(value, str) and "None" in value) else []


def test_every_stack_is_recorded_with_all_values_resolved(program: Program) -> None:
    nulls = {resource.name: null_paths(resource.inputs) for resource in program.resources}

    assert {name: paths for name, paths in nulls.items() if paths} == {}
    assert set(null_paths(program.outputs)) <= {f".{name}" for name in OPTIONAL}


def test_no_output_is_secret(program: Program) -> None:
    assert program.secret_outputs == set()


def test_values_that_aws_computes_are_unknown_in_a_preview() -> None:
    preview = record(ROOT, "prod", overrides=HOST, preview=True)

    (policy,) = preview.of("aws:kms/keyPolicy:KeyPolicy")
    assert isinstance(policy.inputs["policy"], Unknown)
    assert preview.outputs["distribution_id"] is None
    assert preview.outputs["cache_tag_header"] == "cache-tag"


def changed_types(**overrides: str) -> set[str]:
    """Return the types of the resources that these config values change in the stack dev."""

    def inputs_by_resource(overrides: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
        resources = record(ROOT, "dev", overrides=HOST | overrides).resources
        return {(resource.type, resource.name): resource.inputs | {"code": code_of(resource)} for resource in resources}

    before, after = inputs_by_resource({}), inputs_by_resource(overrides)
    assert before.keys() == after.keys()
    changed = {type_ for (type_, name), inputs in before.items() if after[type_, name] != inputs}
    # Only functions keep the service's name, because CloudFront and Lambda both have functions.
    return {type_[4:] if type_.endswith("Function") else type_.rpartition(":")[2] for type_ in changed}


def code_of(resource: Resource) -> Any:
    """Return the text of a CloudFront Function, or the path of a bundle, whose name depends on its content."""
    code = resource.inputs.get("code")
    return getattr(code, "path", code)


@pytest.mark.parametrize(
    ("name", "value"),
    [("maxBytes", "1000"), ("maxPixels", "1000"), ("maxFrames", "10"), ("browserTtl", "5"), ("edgeVersion", "3")],
)
def test_limits_and_edge_version_change_only_the_distribution(name: str, value: str) -> None:
    assert changed_types(**{name: value}) == {"Distribution"}


def test_cdn_ttl_changes_the_distribution_and_the_cache_policy() -> None:
    assert changed_types(cdnTtl="77") == {"Distribution", "CachePolicy"}


def test_max_dimension_changes_the_distribution_and_the_viewer_function() -> None:
    assert changed_types(maxDimension="2000") == {"Distribution", "cloudfront/function:Function"}


def test_all_config_errors_are_reported_together_with_their_keys() -> None:
    overrides = HOST | {"maxDimension": "0", "timeout": "99", "formats": '["gif"]'}

    with pytest.raises(ProgramError) as raised:
        record(ROOT, "dev", overrides=overrides)

    for key in ("maxDimension", "timeout", "formats"):
        assert f"edge-image-resizer:{key}" in str(raised.value)


def test_unknown_stack_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ProgramError, match=r"there is no stack 'prdo': the existing stacks are dev, prod, staging"):
        record(ROOT, "prdo")


def test_each_root_is_recorded_with_its_own_modules(tmp_path: Path) -> None:
    root = copy_program(tmp_path)
    set_constant(root, "common/contract.py", "SETTINGS_HEADER", '"x-other"')

    distributions = [
        record(program_root, "dev", overrides=HOST).of("aws:cloudfront/distribution:Distribution")[0]
        for program_root in (root, ROOT)
    ]

    headers = [distribution.inputs["origins"][0]["customHeaders"][0]["name"] for distribution in distributions]
    assert headers == ["x-other", SETTINGS_HEADER]
