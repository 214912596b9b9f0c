from collections.abc import Callable

import pytest

from tests.engine.changes import Change, effects, read_changes
from tests.engine.pulumi_cli import Deployment


@pytest.mark.parametrize("change", read_changes(), ids=lambda change: change.title)
def test_change_has_exactly_the_listed_effects(change: Change, deployed: Callable[..., Deployment]) -> None:
    deployment = deployed(change.stack, **change.before)

    run = change.apply(deployment)

    assert (run.status == 0) is not bool(change.refused), run.output
    assert change.refused in run.output
    assert effects(run) == change.effects
    if change.may_change_outputs:
        assert deployment.update().calls == []
