import json
from typing import Any

import pytest

from ops.aws.function_versions import (
    DELETED,
    STILL_REPLICATED,
    DeletionOutcome,
    Retention,
    Version,
    classify_versions,
    delete_version,
    list_versions,
)
from tests.support.aws_servers import ARN, FUNCTION, Call, Moto, ScriptedResponse, scripted_server


def version(number: int) -> Version:
    return Version(number=number, arn=f"{ARN}:{number}", modified="2026-11-20T09:12:00.000+0000", size=107)


VERSIONS = [version(number) for number in (5, 4, 3, 2, 1)]


def test_versions_in_use_and_the_newest_are_kept() -> None:
    distributions = {f"{ARN}:5": ["E2", "E1"], f"{ARN}:3": ["E3"]}

    classified = classify_versions(VERSIONS, distributions, current=f"{ARN}:1", keep=2)

    assert [(entry.version.number, entry.retention, entry.reason) for entry in classified] == [
        (5, Retention.IN_USE, "used by E1, E2"),
        (4, Retention.KEPT, "kept for rollback"),
        (3, Retention.IN_USE, "used by E3"),
        (2, Retention.DELETABLE, ""),
        (1, Retention.IN_USE, "used by the stack"),
    ]


def test_the_newest_version_is_kept_when_nothing_uses_it() -> None:
    newest, *older = classify_versions(VERSIONS, {}, current=None, keep=1)

    assert (newest.retention, newest.reason) == (Retention.NEWEST, "the newest")
    assert [entry.is_deletable for entry in older] == [True] * (len(VERSIONS) - 1)
    assert older


def test_a_missing_function_has_no_versions(moto: Moto) -> None:
    assert list_versions(moto.client("lambda"), FUNCTION) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, DELETED.outcome),
        (("ResourceNotFoundException", "no such version"), DELETED.outcome),
        (("InvalidParameterValueException", "because it is a replicated function"), STILL_REPLICATED.outcome),
        (("AccessDeniedException", "not you"), DeletionOutcome.FAILED),
    ],
    ids=["deleted", "already deleted", "replicated", "denied"],
)
def test_the_outcome_of_a_deletion_depends_on_the_error(
    error: tuple[str, str] | None, outcome: DeletionOutcome
) -> None:
    def script(_: Call) -> ScriptedResponse:
        return (204, "") if error is None else (400, json.dumps({"__type": error[0], "Message": error[1]}))

    with scripted_server(script) as server:
        client: Any = Moto(server.url).client("lambda")
        assert delete_version(client, FUNCTION, version(1)).outcome is outcome
        assert delete_version(client, FUNCTION, None).outcome is outcome

    assert ["Qualifier=1" in call.path for call in server.calls] == [True, False]
