"""The order in which a stack gets its key policy and starts to use the key."""

from typing import Any

import pytest
from pulumi.runtime import mocks

from local.program.recorder import record
from tests.support.served_stack import ROOT

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def recorded_dependencies(stack: str, encryption: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return the URNs on which each resource of the stack depends, by the URN of the resource."""
    dependencies: dict[str, list[str]] = {}
    register = mocks.MockMonitor.RegisterResource

    def register_and_note_dependencies(monitor: mocks.MockMonitor, request: Any) -> Any:
        response = register(monitor, request)
        dependencies[response.urn] = [*request.dependencies]
        return response

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", register_and_note_dependencies)
    record(ROOT, stack, overrides={"bundleTarget": "host", "encryption": encryption})
    return dependencies


def test_buckets_use_the_key_only_after_its_policy_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise neither CloudFront nor the edge function could decrypt what is uploaded in the meantime."""
    dependencies = recorded_dependencies("dev", "kms", monkeypatch)

    (key_policy,) = (urn for urn in dependencies if "aws:kms/keyPolicy:KeyPolicy::" in urn)
    encryptions = {urn.rpartition("::")[2]: used for urn, used in dependencies.items() if f"{ENCRYPTION}::" in urn}
    assert {name for name, used in encryptions.items() if key_policy in used} == {
        "origin-access-originals",
        "origin-access-renditions",
    }


def test_buckets_of_a_stack_without_key_use_the_key_of_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    dependencies = recorded_dependencies("prod", "s3", monkeypatch)

    assert not [urn for urn in dependencies if "aws:kms/" in urn]
    assert len([urn for urn in dependencies if f"{ENCRYPTION}::" in urn]) == 3
