"""The alert topics of recorded stacks: who may publish, who is subscribed, and what encrypts the messages."""

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, rpc

from local.aws.iam import is_allowed
from local.program.recorder import record
from tests.support.recorded_programs import KNOWN, VARIANTS, policy_statements, program
from tests.support.served_stack import ROOT

TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
SLACK = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"
ACCOUNT = "123456789012"
URL = "https://events.example.com/integration/0123456789/enqueue"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_alert_topic_lets_only_budgets_and_alarms_of_the_account_publish(region: str) -> None:
    statements = policy_statements("prod", "aws:sns/topicPolicy:TopicPolicy", f"urgent-{region}")
    allow_statements = [statement for statement in statements if statement["Effect"] == "Allow"]

    sources = {
        statement["Principal"]["Service"]: statement["Condition"]["ArnLike"]["aws:SourceArn"]
        for statement in allow_statements
    }
    assert sources == {
        "budgets.amazonaws.com": f"arn:aws:budgets::{ACCOUNT}:*",
        "cloudwatch.amazonaws.com": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:*",
    }
    for statement in allow_statements:
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


@pytest.mark.parametrize("name", KNOWN)
def test_topics_exist_for_each_urgency_and_region_of_the_output(name: str) -> None:
    topics = program(name).outputs["alert_topics"]
    arns = {arn: (urgency, region) for urgency, by_region in topics.items() for region, arn in by_region.items()}

    assert {topic.outputs["arn"] for topic in program(name).of(TOPIC)} == arns.keys()
    for topic in program(name).of(TOPIC):
        urgency, region = arns[topic.outputs["arn"]]
        assert (topic.name, topic.inputs["region"]) == (f"{urgency}-{region}", region)


@pytest.mark.parametrize("name", ["prod", "dev", "no Origin Shield"])
def test_topics_are_encrypted_with_a_key_of_their_region_with_kms(name: str) -> None:
    recorded = program(name)
    keys = {key.outputs["arn"]: key for key in recorded.of("aws:kms/key:Key") if key.name.startswith("alerts-")}
    for topic in recorded.of(TOPIC):
        key_arn = topic.inputs.get("kmsMasterKeyId")
        if name == "dev":
            assert key_arn is None
        else:
            assert keys[key_arn].inputs["region"] == topic.inputs["region"]


@pytest.mark.parametrize("service", ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"])
@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:GenerateDataKey"])
@pytest.mark.parametrize(("account", "expected"), [(ACCOUNT, True), ("210987654321", False)])
def test_key_of_a_topic_admits_alarms_and_budgets_of_this_account(
    service: str, action: str, account: str, expected: bool
) -> None:
    (key,) = (key for key in program("prod").of("aws:kms/key:Key") if key.name == "alerts-eu-central-1")

    allowed = is_allowed(
        key.inputs["policy"],
        principal=("Service", service),
        action=action,
        resource=key.outputs["arn"],
        context={"aws:SourceAccount": account},
    )
    assert allowed is expected


def test_budget_publishes_to_the_routine_topic_of_us_east_1() -> None:
    for name in KNOWN:
        for budget in program(name).of("aws:budgets/budget:Budget"):
            (arns,) = {tuple(item["subscriberSnsTopicArns"]) for item in budget.inputs["notifications"]}
            assert arns == (program(name).outputs["alert_topics"]["routine"]["us-east-1"],)


def test_recipients_are_subscribed_to_every_topic_of_their_urgency() -> None:
    recorded = program("recipients and tags")
    topics = recorded.outputs["alert_topics"]
    subscriptions = {
        (item.inputs["topic"], item.inputs["protocol"], item.inputs["endpoint"]) for item in recorded.of(SUBSCRIPTION)
    }

    assert subscriptions == {
        *((arn, "email", "a@example.com") for urgency in topics for arn in topics[urgency].values()),
        *((arn, "https", URL) for arn in topics["urgent"].values()),
    }
    assert all(item.inputs["region"] == item.inputs["topic"].split(":")[3] for item in recorded.of(SUBSCRIPTION))


def test_slack_channel_gets_the_topics_of_its_urgency_and_changes_nothing() -> None:
    recorded = program("recipients and tags")
    (channel,) = recorded.of(SLACK)
    (role,) = (role for role in recorded.of("aws:iam/role:Role") if role.outputs["arn"] == channel.inputs["iamRoleArn"])

    assert (channel.inputs["slackTeamId"], channel.inputs["slackChannelId"]) == ("T07EA123LEP", "C07EZ1ABC23")
    assert channel.inputs["snsTopicArns"] == [*recorded.outputs["alert_topics"]["routine"].values()]
    assert channel.inputs["guardrailPolicyArns"] == ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
    assert not [policy for policy in recorded.of("aws:iam/rolePolicy:RolePolicy") if policy.inputs["role"] == role.id]


def test_url_of_a_pager_is_only_in_the_endpoint_of_subscriptions() -> None:
    recorded = program("recipients and tags")
    places = [
        (resource.type, key)
        for resource in recorded.resources
        for key, value in resource.inputs.items()
        if URL in json.dumps(value, default=str)
    ]

    assert set(places) == {(SUBSCRIPTION, "endpoint")}
    assert URL not in json.dumps(recorded.outputs)
    assert not [resource.name for resource in recorded.resources if "0123456789" in resource.name]


def test_order_of_pagers_changes_no_subscription() -> None:
    """A new subscription for a subscribed endpoint is the old one, which Pulumi would delete afterwards."""
    urls = [URL, "https://events.example.com/integration/9876543210/enqueue"]
    orders = [
        record(ROOT, "prod", overrides={"bundleTarget": "host", "urgentRecipients": json.dumps(order)})
        for order in (urls, urls[::-1])
    ]
    first, second = ({item.name: item.inputs for item in order.of(SUBSCRIPTION)} for order in orders)

    assert first == second
    assert len(first) == 4


def test_url_of_a_pager_is_a_secret_of_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi encrypts secrets in the state, and hides them in the output of its commands."""
    endpoints: list[Any] = []
    register = mocks.MockMonitor.RegisterResource

    def register_and_note_endpoint(monitor: mocks.MockMonitor, request: Any) -> Any:
        if request.type == SUBSCRIPTION:
            endpoints.append(MessageToDict(request.object)["endpoint"])
        return register(monitor, request)

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", register_and_note_endpoint)
    stack, keys = VARIANTS["recipients and tags"]
    record(ROOT, stack, overrides={"bundleTarget": "host"} | keys)

    secrets = [rpc.unwrap_rpc_secret(endpoint) for endpoint in endpoints if rpc.is_rpc_secret(endpoint)]
    assert secrets == [URL, URL]
    assert URL not in endpoints
