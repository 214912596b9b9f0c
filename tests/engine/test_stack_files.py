"""The stack files have the form in which the Pulumi CLI writes them, so a commit shows only the keys that are set."""

from collections.abc import Callable

import pytest

from tests.engine.pulumi_cli import Deployment
from tests.support.served_stack import ROOT, STACKS

KEY = "  edge-image-resizer:memory: "


@pytest.mark.parametrize("stack", STACKS)
def test_config_set_on_a_tracked_file_changes_one_line(stack: str, undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed(stack)
    tracked = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    file = deployment.program / f"Pulumi.{stack}.yaml"
    file.write_text(tracked)

    assert deployment.run("config", "set", "memory", "1536").status == 0
    added = file.read_text()
    assert deployment.run("config", "set", "memory", "2048").status == 0

    assert added == f'{tracked}{KEY}"1536"\n'
    assert file.read_text() == f'{tracked}{KEY}"2048"\n'


def test_new_state_for_a_tracked_file_adds_only_the_salt(undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed("prod")
    tracked = (ROOT / "Pulumi.prod.yaml").read_text()
    file = deployment.program / "Pulumi.prod.yaml"
    assert deployment.run("stack", "rm", "--yes", "--preserve-config").status == 0
    file.write_text(tracked)

    assert deployment.run("stack", "init").status == 0

    assert file.read_text().startswith(f"{tracked}encryptionsalt: v1:")
    assert file.read_text().count("\n") == tracked.count("\n") + 1
