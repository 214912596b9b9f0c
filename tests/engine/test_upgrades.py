"""The current program is deployed over each release: nothing that holds data or has an address is replaced."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.pulumi_cli import Deployment
from tests.engine.releases import FOLDER

KEPT_TYPES = (
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:sqs/queue:Queue",
    "aws:cloudfront/distribution:Distribution",
    "aws:cloudwatch/logGroup:LogGroup",
)
RELEASES = sorted(FOLDER.glob("*.json"))


def test_releases_exist() -> None:
    assert [path.stem for path in RELEASES]


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_upgrade_replaces_and_deletes_nothing_with_data(release: Path, undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed(release.stem.rpartition("-")[2])
    deployment.import_state(json.loads(release.read_text()))

    steps = deployment.preview_steps()

    existing = [step for step in steps if step["op"] != "create" and type_of(step) in KEPT_TYPES]
    assert existing
    assert [step for step in existing if step["op"] not in ("same", "update")] == []
    created = [step for step in steps if step["op"] == "create" and type_of(step) in KEPT_TYPES]
    assert [step for step in created if not is_key_of_a_topic(step)] == []


@pytest.mark.parametrize("release", RELEASES[:1], ids=lambda path: path.stem)
def test_renamed_bucket_without_an_alias_is_detected(release: Path, undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed(release.stem.rpartition("-")[2])
    state = json.loads(release.read_text().replace("::originals", "::images"))
    deployment.import_state(state)

    steps = deployment.preview_steps()

    assert any(step["op"] == "delete" and type_of(step) == "aws:s3/bucket:Bucket" for step in steps)


def is_key_of_a_topic(step: dict[str, str]) -> bool:
    """Return whether the step is about a key that encrypts alerts, which no release has and which holds no data."""
    return type_of(step) == "aws:kms/key:Key" and step["urn"].rpartition("::")[2].startswith("alerts-")


def type_of(step: dict[str, str]) -> str:
    return step["urn"].split("::")[2].rpartition("$")[2]
