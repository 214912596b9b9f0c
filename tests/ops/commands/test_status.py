"""`python -m ops status` with moto's CloudWatch and SQS, and with a scripted CloudFront."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from ops.aws.health import METRICS_NOT_ENABLED
from tests.ops.commands.test_page import subscriptions
from tests.ops.test_operations_page import example_output
from tests.support.aws_servers import (
    ARN,
    FUNCTION,
    XMLNS,
    Call,
    Moto,
    ScriptedResponse,
    error_xml,
    scripted_server,
    write_outputs,
)

Capture = pytest.CaptureFixture[str]
ID = "E2QWRUHAPOMQZL"
NAMES = ["stack", "distribution", "edge function", "invalidations", "queue", "dead letters"]
NAMES += ["urgent alarms", "routine alarms", "recipients", "budget", "last hour", "hit rate", "renders"]


def distribution(version: str | None = "7", status: str = "Deployed", *, enabled: bool = True) -> str:
    associations = (
        "<Quantity>1</Quantity><Items><LambdaFunctionAssociation>"
        f"<LambdaFunctionARN>{ARN}:{version}</LambdaFunctionARN>"
        "<EventType>origin-response</EventType></LambdaFunctionAssociation></Items>"
        if version
        else "<Quantity>0</Quantity>"
    )
    modified = (datetime.now(UTC) - timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<Distribution xmlns="{XMLNS}"><Id>{ID}</Id><Status>{status}</Status>'
        f"<LastModifiedTime>{modified}</LastModifiedTime><DomainName>d111111abcdef8.cloudfront.net</DomainName>"
        f"<DistributionConfig><Enabled>{str(enabled).lower()}</Enabled><DefaultCacheBehavior>"
        f"<LambdaFunctionAssociations>{associations}</LambdaFunctionAssociations>"
        "</DefaultCacheBehavior></DistributionConfig></Distribution>"
    )


def invalidations(*statuses: str, is_truncated: bool = False) -> str:
    """Return the XML of a list of invalidations, newest first, with one minute between two of them."""
    now = datetime.now(UTC)
    items = "".join(
        f"<InvalidationSummary><Id>I{index}</Id><Status>{status}</Status>"
        f"<CreateTime>{(now - timedelta(minutes=index + 3)).strftime('%Y-%m-%dT%H:%M:%SZ')}</CreateTime>"
        "</InvalidationSummary>"
        for index, status in enumerate(statuses)
    )
    truncation = (
        "<IsTruncated>true</IsTruncated><NextMarker>2</NextMarker>"
        if is_truncated
        else "<IsTruncated>false</IsTruncated>"
    )
    paging = f"<Quantity>{len(statuses)}</Quantity>{truncation}"
    return f'<InvalidationList xmlns="{XMLNS}">{paging}<Items>{items}</Items></InvalidationList>'


def script(**responses_by_api: ScriptedResponse) -> Any:
    """Return a script with the responses of CloudFront. Moto responds to requests to other services."""
    responses = {
        "distribution": (200, distribution()),
        "invalidation": (200, invalidations("Completed")),
    } | responses_by_api

    def respond(call: Call) -> ScriptedResponse:
        if not call.path.startswith("/2020-05-31/"):
            return None
        return responses["invalidation" if "/invalidation" in call.path else "distribution"]

    return respond


def screen(capsys: Capture) -> dict[str, str]:
    return dict(re.split(r"  +", line, maxsplit=1) for line in capsys.readouterr().out.splitlines())


@pytest.fixture
def run(moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> Any:
    """Return a function that runs the command, checks its exit status, and returns the printed text by check."""

    def run(*, cloudfront: Any = None, status: int = 0, **outputs: Any) -> dict[str, str]:
        with scripted_server(cloudfront or script(), moto.url) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            assert main(["status", "--outputs", write_outputs(tmp_path, **outputs)]) == status
        return screen(capsys)

    return run


def put(moto: Moto, region: str, namespace: str, dimensions: dict[str, str], minutes: int = 5, **values: float) -> None:
    """Put metric values with a time in the past. A metric name that begins with a digit needs a leading underscore."""
    data = [
        {
            "MetricName": metric.removeprefix("_"),
            "Value": value,
            "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
        for metric, value in values.items()
    ]
    moto.client("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=data)


def declare_alarm(moto: Moto, alarm: str, state: str, *, urgency: str = "Urgent", region: str = "us-east-1") -> None:
    cloudwatch = moto.client("cloudwatch", region)
    rule = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1, "EvaluationPeriods": 1}
    metric = {"MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60}
    cloudwatch.put_metric_alarm(AlarmName=alarm, AlarmDescription=f"{urgency}. It fires.", **rule, **metric)
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="test")


def declare_topics(moto: Moto, **regions: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Create the topics of each urgency, and return the output `alert_topics`."""
    return {
        urgency: {region: moto.client("sns", region).create_topic(Name=urgency)["TopicArn"] for region in names}
        for urgency, names in regions.items()
    }


CLOUDFRONT = {"DistributionId": ID, "Region": "Global"}


def test_stack_without_traffic_refresh_and_alarms_is_shown(run: Any) -> None:
    checks = run()

    assert list(checks) == NAMES
    assert checks["stack"] == "prod"
    assert re.fullmatch(rf"{ID} \(d111111abcdef8.cloudfront.net\), Deployed, changed 7 min ago", checks["distribution"])
    assert checks["edge function"] == f"{FUNCTION}, version 7, the newest"
    assert checks["invalidations"] == "none in progress"
    assert checks["queue"] == checks["dead letters"] == "no refresh function: uploads do not invalidate automatically"
    assert checks["urgent alarms"] == checks["routine alarms"] == "none declared"
    assert checks["recipients"] == "none: the stack has no topics"
    assert checks["budget"] == "none"
    assert checks["last hour"] == "no requests"
    assert checks["hit rate"] == METRICS_NOT_ENABLED
    assert checks["renders"] == "none in the last hour in eu-central-1"


def test_distribution_that_is_deploying_and_disabled_is_shown(run: Any) -> None:
    checks = run(cloudfront=script(distribution=(200, distribution("3", "InProgress", enabled=False))))

    assert "DISABLED, InProgress" in checks["distribution"]
    assert checks["edge function"] == f"{FUNCTION}, version 3, the newest is 7"


def test_distribution_without_edge_function_is_shown(run: Any) -> None:
    checks = run(cloudfront=script(distribution=(200, distribution(None))))

    assert checks["edge function"] == "NONE: the distribution has no edge function"


def test_invalidations_in_progress_on_every_page_are_listed(run: Any) -> None:
    pages = iter(
        [invalidations("InProgress", "Completed", "InProgress", is_truncated=True), invalidations("Completed")]
    )

    def respond(call: Call) -> ScriptedResponse:
        return (200, next(pages)) if "/invalidation" in call.path else script()(call)

    assert run(cloudfront=respond)["invalidations"] == "2 in progress, the oldest for 5 min: I0, I2"


def test_queues_show_their_depth_and_the_oldest_message(run: Any, moto: Moto) -> None:
    sqs = moto.client("sqs", "eu-central-1")
    refresh_queue, dead_letter_queue = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("refresh", "dead"))
    for number in range(5):
        sqs.send_message(QueueUrl=refresh_queue, MessageBody=str(number))
    sqs.receive_message(QueueUrl=refresh_queue, MaxNumberOfMessages=2)
    sqs.send_message(QueueUrl=dead_letter_queue, MessageBody="x")
    put(moto, "eu-central-1", "AWS/SQS", {"QueueName": "refresh"}, 9, ApproximateAgeOfOldestMessage=900)
    put(moto, "eu-central-1", "AWS/SQS", {"QueueName": "refresh"}, 2, ApproximateAgeOfOldestMessage=200)

    checks = run(refresh_queue_url=refresh_queue, dead_letters_queue_url=dead_letter_queue)

    assert checks["queue"] == "3 waiting, 2 in flight, the oldest for 3 min"
    assert checks["dead letters"] == "1: list them with redrive --dry-run"


def test_alarms_of_all_regions_are_listed_by_urgency(run: Any, moto: Moto) -> None:
    topics = declare_topics(moto, urgent=("us-east-1", "eu-central-1"), routine=("us-east-1",))
    prefix = "edge-image-resizer-prod"
    declare_alarm(moto, f"{prefix}-edge-throttles-eu-central-1-1a2b3c4", "ALARM", region="eu-central-1")
    declare_alarm(moto, f"{prefix}-server-error-rate-us-east-1-1a2b3c4", "OK")
    declare_alarm(moto, f"{prefix}-hit-rate-us-east-1-1a2b3c4", "INSUFFICIENT_DATA", urgency="Routine")
    declare_alarm(moto, "edge-image-resizer-dev-hit-rate-us-east-1-1a2b3c4", "ALARM", urgency="Routine")
    declare_alarm(moto, f"{prefix}-eu-server-error-rate-us-east-1-1a2b3c4", "ALARM")  # of the stack prod-eu

    checks = run(alert_topics=topics)

    assert re.fullmatch(r"1 of 2 FIRING: edge-throttles \(eu-central-1, for \d+ s\)", checks["urgent alarms"])
    assert checks["routine alarms"] == "none of 1 firing"


def test_recipients_line_names_regions_in_which_nobody_is_subscribed(run: Any, moto: Moto) -> None:
    topics = declare_topics(moto, urgent=("us-east-1", "eu-central-1"), routine=("us-east-1",))
    for urgency in topics:
        arn = topics[urgency]["us-east-1"]
        moto.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")

    assert run(alert_topics=topics)["recipients"] == "urgent: NOBODY in eu-central-1 | routine: all confirmed"


def test_recipient_who_has_not_confirmed_is_named(run: Any, moto: Moto) -> None:
    topics = declare_topics(moto, routine=("us-east-1",))
    pending = subscriptions(("email", "a@example.com", False), ("email", "b@example.com", True))

    def respond(call: Call) -> ScriptedResponse:
        return (200, pending) if b"ListSubscriptionsByTopic" in call.body else script()(call)

    assert run(cloudfront=respond, alert_topics=topics)["recipients"] == "routine: not confirmed: a@example.com"


def test_budget_line_says_what_the_budget_cannot_see(run: Any) -> None:
    checks = run(budget_name="edge-image-resizer-prod-budget-1a2b3c4")

    assert checks["budget"] == "counts only costs with activated cost allocation tags, and perhaps not Lambda@Edge"


def test_error_rates_are_weighted_by_requests_per_minute(run: Any, moto: Moto) -> None:
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, 5, Requests=9900, _4xxErrorRate=0, _5xxErrorRate=0.02)
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, 9, Requests=100, _4xxErrorRate=50, _5xxErrorRate=0.02)
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, 90, Requests=7, _4xxErrorRate=100)

    assert run()["last hour"] == "10,000 requests, 0.50 % 4xx, 0.02 % 5xx"


def test_hit_rate_is_shown_if_its_metric_is_enabled(run: Any, moto: Moto) -> None:
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, Requests=10, CacheHitRate=97.125)

    assert run()["hit rate"] == "97.12 % in the last hour"


def test_renders_are_counted_in_the_region_of_origin_shield(run: Any, moto: Moto) -> None:
    put(moto, "eu-central-1", "AWS/Lambda", {"FunctionName": f"us-east-1.{FUNCTION}"}, Invocations=840, Errors=3)

    assert run()["renders"] == "840 in the last hour in eu-central-1, 3 failed"


def test_renders_without_origin_shield_are_counted_in_all_regions(run: Any, moto: Moto) -> None:
    for region in ("us-east-1", "eu-west-1"):
        put(moto, region, "AWS/Lambda", {"FunctionName": f"us-east-1.{FUNCTION}"}, Invocations=5, Errors=1)

    checks = run(origin_shield_region="", edge_log_regions=["us-east-1", "eu-west-1"])

    assert checks["renders"] == "10 in the last hour in 2 Regions, 2 failed"


def test_denied_check_does_not_hide_the_others(run: Any) -> None:
    denied = error_xml("AccessDenied", "User: me is not authorized to perform: cloudfront:ListInvalidations on x")

    checks = run(cloudfront=script(invalidation=(403, denied)), status=1)

    assert checks["invalidations"].startswith("unknown: AWS denies cloudfront:ListInvalidations to these credentials")
    assert list(checks) == NAMES
    assert checks["urgent alarms"] == checks["routine alarms"] == "none declared"
    assert checks["recipients"] == "none: the stack has no topics"


def test_stack_of_unknown_name_has_no_known_alarms(run: Any) -> None:
    checks = run(edge_function_name="other", status=1)

    assert checks["stack"] == "unknown"
    message = "unknown: the outputs do not contain the name of the stack: add --stack NAME"
    assert checks["urgent alarms"] == checks["routine alarms"] == message


def test_expired_credentials_print_one_message(
    moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with scripted_server(script(distribution=(403, error_xml("ExpiredToken"))), moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["status", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr() == (
        "",
        "python -m ops status: the credentials have expired: sign in (aws sso login), or set AWS_PROFILE\n",
    )


def test_json_has_numbers(moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(script(invalidation=(200, invalidations("InProgress"))), moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["status", "--json", "--outputs", write_outputs(tmp_path)]) == 0

    result = json.loads(capsys.readouterr().out)
    assert list(result) == [name.replace(" ", "_") for name in NAMES]
    assert result["distribution"]["status"] == "Deployed"
    assert result["edge_function"] == {"function": FUNCTION, "version": "7", "newest": "7"}
    assert (result["invalidations"]["in_progress"], result["invalidations"]["ids"]) == (1, ["I0"])
    assert (result["queue"], result["dead_letters"], result["hit_rate"]) == (None, None, None)
    assert result["last_hour"] == {"requests": None, "hit_rate": None, "rate_4xx": None, "rate_5xx": None}
    assert result["renders"] == {"count": 0, "errors": 0, "regions": ["eu-central-1"]}


def test_healthy_stack_is_the_example_of_the_page(
    moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    sqs = moto.client("sqs", "eu-central-1")
    refresh_queue, dead_letter_queue = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("refresh", "dead"))
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, 5, Requests=9900, _4xxErrorRate=0, _5xxErrorRate=0.02)
    put(moto, "us-east-1", "AWS/CloudFront", CLOUDFRONT, 9, Requests=100, _4xxErrorRate=50, _5xxErrorRate=0.02)
    put(moto, "eu-central-1", "AWS/Lambda", {"FunctionName": f"us-east-1.{FUNCTION}"}, Invocations=840, Errors=0)

    with scripted_server(script(), moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        outputs = {"refresh_queue_url": refresh_queue, "dead_letters_queue_url": dead_letter_queue}
        file = write_outputs(tmp_path, **outputs, budget_name="edge-image-resizer-prod-budget-1a2b3c4")
        assert main(["status", "--outputs", file]) == 0

    out = capsys.readouterr().out
    assert out == example_output("Look at the state of a stack")
    assert max(len(line) for line in out.splitlines()) <= 100
