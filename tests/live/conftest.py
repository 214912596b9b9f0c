"""The options and fixtures of the smoke test. Without options, the tests run against the local engine."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import requests
from botocore.exceptions import BotoCoreError, ClientError
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from conformance.pictures import encode, quadrants
from ops.aws.stack import Stack, load_stack
from ops.console.stack_options import StackSelection
from tests.live.own_engine import serve_own_stack
from tests.live.report import QUESTION, SEEN, format_report, read_answers, write_report
from tests.live.site import PREFIX, Canary, Site
from tests.support.served_stack import ROOT

SITE: Final = pytest.StashKey[Site]()
"""The site of this run, for the report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("smoke test")
    group.addoption("--base-url", default=None, metavar="URL", help="URL of the deployed stack (its output url)")
    group.addoption("--stack", default=None, help="Pulumi stack whose outputs name the bucket and the distribution")
    group.addoption(
        "--outputs", default=None, metavar="FILE", help="file with the output of pulumi stack output --json"
    )
    group.addoption("--local", action="store_true", default=False, help="use the running local engine (make run)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "question(id): asks AWS a question of tests/live/questions.py")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Record the question of a test before its fixtures, which can skip it."""
    if marker := item.get_closest_marker("question"):
        item.user_properties.append((QUESTION, marker.args[0]))


def read_option(config: pytest.Config, name: str) -> Any:
    """Return an option, or a false value if pytest was started for other folders, too, and does not know the option."""
    return config.getoption(name, default=False)


@pytest.fixture(autouse=True)
def unreachable_account(request: pytest.FixtureRequest) -> None:
    """Keep the credentials of the environment if the tests run against AWS."""
    if not read_option(request.config, "--base-url") and not selection(request.config):
        request.getfixturevalue("unreachable_account")


def selection(config: pytest.Config) -> StackSelection | None:
    """Return the selected stack, or None if no option selects a stack."""
    stack, outputs, local = (read_option(config, name) or None for name in ("--stack", "--outputs", "--local"))
    return StackSelection(stack=stack, outputs=outputs, local=bool(local)) if stack or outputs or local else None


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that the options select, or a stack that a local engine of this run serves."""
    selected, url = selection(pytestconfig), read_option(pytestconfig, "--base-url")
    if selected or url:
        stack = load_stack(selected) if selected else None
        with open_site(url or (stack.output("url") if stack else ""), stack) as opened:
            pytestconfig.stash[SITE] = opened
            yield opened
    else:
        with serve_own_stack(tmp_path_factory.mktemp("live")) as stack, open_site(stack.output("url"), stack) as opened:
            pytestconfig.stash[SITE] = opened
            yield opened


@contextmanager
def open_site(url: str, stack: Stack | None) -> Iterator[Site]:
    with requests.Session() as session:
        session.headers["user-agent"] = "edge-image-resizer smoke test"
        # CloudFront and the local engine close connections that are idle for some seconds, maybe during a request.
        adapter = HTTPAdapter(max_retries=Retry(connect=3, read=3, status=0, backoff_factor=0.2, allowed_methods=None))
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.trust_env = url.startswith("https://")  # A proxy cannot reach the local engine.
        yield Site(url=url.rstrip("/"), session=session, stack=stack)


@pytest.fixture(scope="session")
def stack(site: Site) -> Stack:
    """The stack of the site. Tests that need its outputs are skipped if only a URL is known."""
    if site.stack is None:
        pytest.skip("the test needs the outputs of the stack: add --stack NAME or --outputs FILE")
    return site.stack


@pytest.fixture(scope="session")
def uploads(site: Site) -> Iterator[dict[str, Canary]]:
    """The canaries of this run by key. All of them are deleted at the end, also after failures."""
    canaries: dict[str, Canary] = {}
    yield canaries
    left: list[str] = []
    for canary in canaries.values():
        try:
            canary.remove()
        except (BotoCoreError, ClientError) as error:
            left.append(f"{canary.key}: {error}")
    assert not left, f"delete these originals by hand: {left}"


@pytest.fixture(scope="session")
def run_prefix() -> str:
    """The prefix of this run. Two runs at the same time do not share a key."""
    return f"{PREFIX}{secrets.token_hex(6)}/"


@pytest.fixture(scope="session")
def new_canary(stack: Stack, uploads: dict[str, Canary], run_prefix: str) -> Callable[[str], Canary]:
    """Return a function that returns the canary with this name, which is deleted after the last test."""
    s3 = stack.s3()

    def create(name: str) -> Canary:
        canary = Canary(s3=s3, bucket=stack.output("originals_bucket"), key=run_prefix + name)
        return uploads.setdefault(canary.key, canary)

    return create


@pytest.fixture(scope="session")
def picture(new_canary: Callable[[str], Canary]) -> Canary:
    """A PNG of 300x200 pixels with four colors, which tests request and do not change."""
    canary = new_canary("picture.png")
    canary.upload(encode(quadrants(300, 200), "PNG"), ContentType="image/png")
    return canary


@pytest.fixture
def answer(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that writes what a test of a question has seen into the report."""
    return lambda text: record_property(SEEN, text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report, and print it if the tests ran against AWS."""
    site = config.stash.get(SITE, None)
    answers = read_answers(terminalreporter.stats)
    if site is None or not answers:
        return
    text = format_report(f"{site.url} (local engine)" if site.is_local else site.url, answers)
    path = write_report(ROOT / "build" / "live", text, is_local=site.is_local)
    terminalreporter.section("questions to AWS")
    if not site.is_local:
        terminalreporter.write_line(text)
    terminalreporter.write_line(f"the answers are in {path.relative_to(ROOT)}")
