"""Whole deployments: each stack is created, changes nothing the second time, and is destroyed in a possible order."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.pulumi_cli import Deployment
from tests.support.served_stack import STACKS

DISTRIBUTION = "cloudfront.Distribution distribution"


@pytest.mark.parametrize("stack", STACKS)
def test_second_update_changes_nothing(stack: str, deployed: Callable[..., Deployment]) -> None:
    deployment = deployed(stack)

    run = deployment.up("--expect-no-changes")

    assert run.status == 0, run.output
    assert run.calls == []


def test_preview_in_another_checkout_finds_no_difference(deployed: Callable[..., Deployment]) -> None:
    """Each checkout is another folder, in which the program builds its bundles itself."""
    deployment = deployed("dev")
    deployment.use_new_build_folder()

    run = deployment.run("preview", "--expect-no-changes")

    assert run.status == 0, run.output
    assert list((deployment.program / "build" / "bundle").glob("edge-*"))


def test_refresh_finds_no_difference(deployed: Callable[..., Deployment]) -> None:
    run = deployed("dev").run("refresh", "--yes", "--expect-no-changes")

    assert run.status == 0, run.output


@pytest.mark.parametrize(
    ("stack", "left"),
    [
        ("dev", ["lambda.Function edge-function"]),
        ("staging", ["kms.Key encryption-key", "kms.KeyPolicy origin-access", "lambda.Function edge-function"]),
    ],
)
def test_destroy_leaves_only_what_is_retained(stack: str, left: list[str], deployed: Callable[..., Deployment]) -> None:
    """The account refuses to delete what a distribution uses, so the order of the deletions is a part of the test."""
    deployment = deployed(stack)

    run = deployment.destroy()

    assert run.status == 0, run.output
    assert deployment.account.labels() == left


@pytest.mark.parametrize(
    ("stack", "before", "change", "deleted"),
    [
        ("staging", {}, {"firewall": False}, "wafv2.WebAcl firewall"),
        (
            "dev",
            {"domain": "images.example.com", "hostedZone": "Z1D633PJN98FT9"},
            {"domain": None, "hostedZone": None},
            "acm.Certificate certificate",
        ),
    ],
)
def test_distribution_lets_go_of_a_resource_before_it_is_deleted(
    stack: str, before: dict[str, Any], change: dict[str, Any], deleted: str, deployed: Callable[..., Deployment]
) -> None:
    deployment = deployed(stack, **before)
    deployment.set(**change)

    run = deployment.update()

    assert run.status == 0, run.output
    assert run.calls.index(("update", DISTRIBUTION)) < run.calls.index(("delete", deleted))


def test_key_policy_exists_before_buckets_use_the_key(deployed: Callable[..., Deployment]) -> None:
    deployment = deployed("dev")
    deployment.set(encryption="kms")

    calls = deployment.update().calls

    encryption = [index for index, (_, name) in enumerate(calls) if "ServerSideEncryption" in name]
    assert len(encryption) == 2
    assert calls.index(("create", "kms.KeyPolicy origin-access")) < min(encryption)
