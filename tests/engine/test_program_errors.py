"""What the CLI prints if the configuration is refused: one message per key, and no traceback."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.pulumi_cli import Deployment, Run

PULUMI = "error: an unhandled error occurred: program exited with non-zero exit code: 1"
"""The line with which Pulumi ends every error of a program."""


def errors(run: Run) -> list[str]:
    """Return the lines of the diagnostics, without warnings."""
    lines = run.output.partition("\nDiagnostics:\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [line.strip() for line in lines if "warning: using pulumi-resource-aws" not in line]


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        pytest.param(
            {"maxDimension": 0, "timeout": 99},
            [
                "edge-image-resizer:maxDimension: 0 is not a whole number from 1 to 8192",
                "edge-image-resizer:timeout: 99 is not a whole number from 9 to 30",
            ],
            id="values",
        ),
        pytest.param(
            {"maxDimensions": 100},
            ["edge-image-resizer:maxDimensions: unknown key; did you mean maxDimension?"],
            id="key",
        ),
        pytest.param({"region": None}, ["aws:region: is not set and has no default"], id="no Region"),
    ],
)
def test_refused_configuration_is_explained_without_a_traceback(
    keys: dict[str, Any], problems: list[str], undeployed: Callable[..., Deployment]
) -> None:
    run = undeployed("dev", **keys).run("preview")

    assert run.status != 0
    first, *lines, last = errors(run)
    assert first == "error: the configuration of this stack is invalid:"
    assert [line[: len(problem)] for line, problem in zip(lines, problems, strict=True)] == problems
    assert last == PULUMI


def test_value_of_another_type_is_refused_by_pulumi(undeployed: Callable[..., Deployment]) -> None:
    run = undeployed("dev", maxDimension="many").run("preview")

    assert run.status != 0
    assert "configuration key 'maxDimension' must be of type 'integer'" in run.output
    assert "Traceback" not in run.output


def test_bundle_that_cannot_be_built_is_explained_without_a_traceback(undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed("dev")
    deployment.use_new_build_folder()
    deployment.append("requirements/edge.txt", "not-a-pinned-library\n")

    run = deployment.run("preview")

    assert run.status != 0
    first, *_, last = errors(run)
    assert first.startswith("error: the bundle edge cannot be built for host: ")
    assert last == PULUMI
    assert "Traceback" not in run.output
