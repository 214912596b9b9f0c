"""Mistakes in the program: the stand-in refuses them, or the tests of the other files detect them.

test_upgrades.py has the mistake of a new resource name without an alias.
"""

from collections.abc import Callable

import pytest

from tests.engine.pulumi_cli import Deployment
from tests.support.program_copies import wrap_function

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
FIREWALL = "wafv2.WebAcl firewall"
FUNCTIONS = {"lambda.Function edge-function", "lambda.Function refresh-function"}


def test_wrong_inputs_are_all_refused_before_a_resource_exists(undeployed: Callable[..., Deployment]) -> None:
    deployment = undeployed("staging")
    mistakes = {"scopes": "CLOUDFRONT", "description": 5, "defaultAction": None, "scope": "GLOBAL"}
    deployment.transform(WEB_ACL, f"args.props.update({mistakes!r})")

    run = deployment.up()

    assert run.status != 0
    for problem in (
        "scopes: unknown property; did you mean scope?",
        "description: 5 is not str",
        "defaultAction: is missing",
        "scope: 'GLOBAL' is not one of CLOUDFRONT, ",
    ):
        assert problem in run.output
    assert run.calls == []


def test_bundle_with_its_build_time_changes_in_every_checkout(deployed: Callable[..., Deployment]) -> None:
    """A second update, from a checkout that builds the same sources again, must change nothing, but does."""
    deployment = deployed("dev")
    deployment.use_new_build_folder()
    write_time = "import time\n(args[0] / 'built.txt').write_text(str(time.time_ns()))"
    wrap_function(deployment.program, "infra/packaging/bundle.py", "_install", after=write_time)
    assert deployment.update().labels("update") >= FUNCTIONS
    deployment.use_new_build_folder()

    second = deployment.update()

    assert second.labels("update") >= FUNCTIONS


@pytest.mark.parametrize(
    ("type_", "statement"),
    [
        pytest.param(DISTRIBUTION, "args.opts.ignore_changes = ['webAclId']", id="the distribution keeps the web ACL"),
        pytest.param(WEB_ACL, "args.props['name'] = 'a-fixed-name'", id="a fixed name, which is deleted first"),
        pytest.param(
            WEB_ACL,
            "args.opts.replace_on_changes, args.opts.delete_before_replace = ['description'], True\n"
            "        args.props['description'] = 'another'",
            id="the web ACL is deleted before it is replaced",
        ),
    ],
)
def test_web_acl_that_is_deleted_while_in_use_is_refused(
    type_: str, statement: str, deployed: Callable[..., Deployment]
) -> None:
    deployment = deployed("staging")
    deployment.transform(type_, statement)
    if type_ == DISTRIBUTION:
        deployment.set(firewall=False)

    run = deployment.update()

    assert run.status != 0
    assert f"{FIREWALL}: a distribution uses" in run.output
    assert FIREWALL in deployment.account.labels()
