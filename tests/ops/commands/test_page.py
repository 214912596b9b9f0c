"""`python -m ops page` with moto's SNS, and with a scripted list of subscriptions, because moto confirms every one."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from ops.__main__ import main
from tests.support.aws_servers import Call, Moto, ScriptedResponse, scripted_server, write_outputs

Capture = pytest.CaptureFixture[str]
PAGER = "https://events.pagerduty.com/integration/0123456789abcdef/enqueue"
CHAT = "https://global.sns-api.chatbot.amazonaws.com"


def subscriptions(*members: tuple[str, str, bool]) -> str:
    """Return the XML of a list of subscriptions, each with its protocol, its endpoint and whether it is confirmed."""
    items = "".join(
        f"<member><Protocol>{protocol}</Protocol><Endpoint>{endpoint}</Endpoint><SubscriptionArn>"
        f"{'arn:aws:sns:us-east-1:123456789012:t:1' if is_confirmed else 'PendingConfirmation'}"
        "</SubscriptionArn></member>"
        for protocol, endpoint, is_confirmed in members
    )
    return (
        '<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
        f"<ListSubscriptionsByTopicResult><Subscriptions>{items}</Subscriptions></ListSubscriptionsByTopicResult>"
        "</ListSubscriptionsByTopicResponse>"
    )


@pytest.fixture
def topics(moto: Moto) -> dict[str, dict[str, str]]:
    """The output `alert_topics` of a stack whose topics exist in moto."""
    names = {"urgent": ("us-east-1", "eu-central-1"), "routine": ("us-east-1",)}
    return {
        urgency: {
            region: moto.client("sns", region).create_topic(Name=f"{urgency}-topic")["TopicArn"] for region in regions
        }
        for urgency, regions in names.items()
    }


@pytest.fixture
def run(
    moto: Moto, topics: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> Callable[..., tuple[str, list[Call]]]:
    """Return a function that runs the command, checks its status, and returns the output and the requests."""

    def run(*arguments: str, lists: str = "", status: int = 0) -> tuple[str, list[Call]]:
        def respond(call: Call) -> ScriptedResponse:
            return (200, lists) if lists and b"ListSubscriptionsByTopic" in call.body else None

        with scripted_server(respond, moto.url) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            outputs = write_outputs(tmp_path, alert_topics=topics)
            assert main(["page", *arguments, "--outputs", outputs]) == status
        return capsys.readouterr().out, server.calls

    return run


def published(calls: list[Call]) -> list[dict[str, str]]:
    requests = [{name: value[0] for name, value in parse_qs(call.body.decode()).items()} for call in calls]
    return [request for request in requests if request["Action"] == "Publish"]


def test_test_page_reaches_the_topic_of_each_region(run: Any, moto: Moto, topics: dict[str, Any]) -> None:
    for region, arn in topics["urgent"].items():
        moto.client("sns", region).subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
    out, calls = run("--urgent", "--test")

    assert [re.split(r"  +", line) for line in out.splitlines()] == [
        ["Region", "sent to", "not confirmed"],
        ["us-east-1", "ops@example.com", "none"],
        ["eu-central-1", "ops@example.com", "none"],
    ]
    assert [request["TopicArn"] for request in published(calls)] == [*topics["urgent"].values()]


def test_message_is_marked_as_a_test_for_people_and_for_pagers(run: Any) -> None:
    _, calls = run("--routine", "--test", lists=subscriptions(("email", "ops@example.com", True)))

    (request,) = published(calls)
    assert request["Subject"] == "TEST: routine alarms of edge-image-resizer prod"
    message = json.loads(request["Message"])
    assert message["default"].startswith(
        "TEST of the routine alarms of edge-image-resizer, stack prod, Region us-east-1"
    )
    alarm = json.loads(message["https"])
    assert alarm["AlarmName"] == "TEST-edge-image-resizer-prod-routine"
    assert alarm["NewStateValue"] == "ALARM"
    assert "Nothing is wrong" in alarm["AlarmDescription"]


def test_region_without_subscription_says_how_to_subscribe(run: Any, moto: Moto, topics: dict[str, Any]) -> None:
    arn = topics["urgent"]["us-east-1"]
    moto.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
    out, _ = run("--urgent", "--test", status=1)

    assert re.search(r"^eu-central-1  NOBODY +none$", out, re.MULTILINE)
    assert "Nobody is subscribed in eu-central-1: set urgentRecipients (docs/config.md)" in out


def test_recipient_who_has_not_confirmed_does_not_count(run: Any) -> None:
    out, _ = run("--routine", "--test", lists=subscriptions(("email", "ops@example.com", False)), status=1)

    assert re.search(r"^us-east-1  NOBODY +ops@example.com$", out, re.MULTILINE)
    assert "Subscription Confirmation" in out
    assert "Nobody is subscribed" not in out


def test_recipient_who_has_unsubscribed_is_not_listed(run: Any) -> None:
    """For some days, SNS lists the recipient with the word `Deleted` in the place of the ARN."""
    members = subscriptions(("email", "ops@example.com", False)).replace("PendingConfirmation", "Deleted")
    out, _ = run("--routine", "--test", lists=members, status=1)

    assert re.search(r"^us-east-1  NOBODY +none$", out, re.MULTILINE)


def test_key_in_the_url_of_a_pager_is_not_printed(run: Any) -> None:
    lists = subscriptions(("https", PAGER, True), ("https", CHAT, True), ("https", PAGER, False))
    for json_option in ([], ["--json"]):
        out, _ = run("--routine", "--test", *json_option, lists=lists)

        assert "0123456789abcdef" not in out
        assert "events.pagerduty.com" in out
        assert "chat (Amazon Q Developer)" in out


def test_json_has_the_recipients_and_the_message_of_each_region(run: Any, topics: dict[str, Any]) -> None:
    out, _ = run("--routine", "--test", "--json", lists=subscriptions(("email", "ops@example.com", True)))

    (row,) = json.loads(out)
    assert row.pop("message_id")
    assert row == {
        "region": "us-east-1",
        "confirmed": ["ops@example.com"],
        "pending": [],
        "topic": topics["routine"]["us-east-1"],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--urgent"], "alarms send pages, and operators send only test pages: add --test"),
        (["--test"], "use either --urgent or --routine"),
        (["--urgent", "--routine", "--test"], "use either --urgent or --routine"),
    ],
)
def test_command_line_without_test_or_urgency_is_refused(
    arguments: list[str], message: str, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["page", *arguments, "--outputs", write_outputs(tmp_path)]) == 2
    assert capsys.readouterr().err == f"python -m ops page: {message}\n"


def test_stack_without_topics_of_an_urgency_says_what_to_configure(tmp_path: Path, capsys: Capture) -> None:
    outputs = write_outputs(tmp_path, alert_topics={"urgent": {}, "routine": {}})

    assert main(["page", "--urgent", "--test", "--outputs", outputs]) == 1
    assert "the stack has no topic for urgent alarms: set monitoring to true" in capsys.readouterr().err
