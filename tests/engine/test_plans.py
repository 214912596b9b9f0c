"""Saved plans: what was approved is applied, or nothing."""

from collections.abc import Callable
from pathlib import Path

from tests.engine.changes import effects
from tests.engine.pulumi_cli import Deployment


def test_saved_plan_is_applied_from_another_checkout(deployed: Callable[..., Deployment], tmp_path: Path) -> None:
    approved = deployed("dev")
    approved.set(maxDimension=2048)
    approved.append("edge/errors.py", "\n# a change\n")
    plan = approved.folder / "plan.json"
    assert approved.run("preview", "--save-plan", str(plan)).status == 0

    run = approved.copy(tmp_path / "another-checkout").update("--plan", str(plan))

    assert run.status == 0, run.output
    assert effects(run)["updates"] == [
        "cloudfront.Distribution distribution",
        "cloudfront.Function viewer-function",
        "lambda.Function edge-function",
    ]


def test_saved_plan_is_refused_after_a_change_of_configuration(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("dev")
    deployment.set(maxDimension=2048)
    plan = deployment.folder / "plan.json"
    assert deployment.run("preview", "--save-plan", str(plan)).status == 0
    deployment.set(maxDimension=1024)

    run = deployment.update("--plan", str(plan))

    assert run.status != 0
    assert "violates plan" in run.output
    assert run.calls == []


def test_saved_plan_is_refused_after_a_change_of_code(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("dev")
    deployment.set(maxDimension=2048)
    plan = deployment.folder / "plan.json"
    assert deployment.run("preview", "--save-plan", str(plan)).status == 0
    deployment.append("edge/errors.py", "\n# a change\n")

    run = deployment.update("--plan", str(plan))

    assert run.status != 0
    assert "violates plan" in run.output
    assert ("update", "lambda.Function edge-function") not in run.calls
