"""The questions that need more than requests: a change of a stack, a bill, or time. The report says how to look."""

from typing import Final

from tests.live.questions import Question

LOOK_BY_HAND: Final = (
    Question(
        id="size-limit",
        text="Does the limit of 1 MB count the decoded bytes of a response, or its base64 text?",
        decision=8,
        settles="If the decoded bytes count, a rendition may have about 1 MB, and fewer renditions are stored.",
        way=(
            "Raise _MAX_BODY in edge/origin_response.py on dev, and request noise of 800, 950 and 1,040 kB: 200 or 502."
        ),
    ),
    Question(
        id="cached-failures",
        text="Does CloudFront cache a 502 or 503 that Lambda@Edge itself causes?",
        decision=14,
        settles="The local engine assumes that it does not.",
        way=(
            "After a failure, look in the access log: several lines of one URL within 10 s with a small "
            "time-taken are cached."
        ),
    ),
    Question(
        id="log-of-400",
        text="How does the access log show a 400 of the viewer function?",
        decision=19,
        settles="The queries in docs/operations.md that count errors.",
        way=(
            "Four hours after this run, search the access log for the paths below smoke-test/ and read "
            "x_edge_result_type."
        ),
    ),
    Question(
        id="embedded-metrics",
        text="Does CloudWatch extract embedded metrics (EMF) from the log groups of the edge function?",
        decision=10,
        settles="If it does, metrics need no metric filter.",
        way=(
            "Print one line in embedded metric format on dev, and list the metrics of its namespace in the "
            "Region of the log group."
        ),
    ),
    Question(
        id="newer-python",
        text="Does CloudFront accept an edge function with python3.14?",
        decision=1,
        settles="The next runtime of the bundle.",
        way="Change the runtime on dev and run pulumi up: CloudFront refuses a runtime that it does not support.",
    ),
    Question(
        id="origin-region",
        text="Which region and authMethod does the event contain for an origin with origin access control?",
        decision=1,
        settles="Nothing: the edge function reads neither. The events of the tests could be made exact.",
        way="Print request.origin without its custom headers in the edge function on dev, and read the log group.",
    ),
    Question(
        id="engine",
        text="Does AWS behave as the local engine where AWS documents nothing?",
        decision=12,
        statement="only a deployment to AWS can confirm behavior",
        settles="Each test of tests/live that passes in the engine and fails on AWS shows a difference.",
        way=(
            "Compare this report with build/live/answers-local.md, which `.venv/bin/python -m pytest tests/live` "
            "writes."
        ),
    ),
    Question(
        id="memory-limit",
        text="Does Lambda honor the limit of memory of the child process (RLIMIT_DATA)?",
        decision=31,
        statement="that `RLIMIT_DATA` is honored",
        settles="Status 415 means yes; with 503, Lambda ends the sandbox, and docs/security.md must say so.",
        way=(
            "Let the child process allocate bytes(2 << 30) before the render (edge/isolated_render.py) on dev, "
            "and request a rendition."
        ),
    ),
    Question(
        id="log-price",
        text="What does the delivery of access logs as JSON to S3 cost?",
        decision=19,
        statement="not confirmed for logging v2",
        settles="docs/cost.md assumes only the price of S3.",
        way="After the first month, look for the usage types with VendedLog or Delivery in the bill.",
    ),
    Question(
        id="firewall-week",
        text="Would a rule of the firewall block legitimate viewers?",
        decision=20,
        statement="legitimate requests pass the rules",
        settles="Which rules may block.",
        way=(
            "Set firewallCount to all four rules for a week, and read the log group of the firewall "
            "(docs/operations.md)."
        ),
    ),
    Question(
        id="edge-cost-tags",
        text="Does the cost of the edge function appear under the tags of the stack?",
        decision=23,
        statement="the cost of Lambda@Edge replicas appears under the tags",
        settles="If it does not, the budget misses the cost of rendering.",
        way=(
            "Two days after the tags are active, group the usage types with Lambda-Edge by the tag stack in Cost "
            "Explorer."
        ),
    ),
    Question(
        id="second-invalidation",
        text="Does an invalidation empty Origin Shield before an edge location requests the rendition from it again?",
        decision=24,
        settles="If it does not, an old rendition can stay in a cache for a year.",
        way=(
            "Replace one original a hundred times under load, and request all sizes ten minutes later: none may be old."
        ),
    ),
    Question(
        id="awslambdaric",
        text="Which version of awslambdaric does Lambda's runtime contain?",
        decision=33,
        statement="which version of awslambdaric its runtime contains",
        settles="The version that the local engine should use.",
        way=(
            "Run pip list in the image public.ecr.aws/lambda/python:3.13, and compare its date with the "
            "runtime's version."
        ),
    ),
    Question(
        id="quota-and-fill",
        text="Do SERVICE_QUOTA and FILL work in the expressions of the alarms?",
        decision=34,
        statement="`SERVICE_QUOTA` knows the concurrency quota, and `FILL` fills a series",
        settles="An alarm with such an expression must be OK or ALARM, and never stay INSUFFICIENT_DATA.",
        way="A day after the deployment, read the states of all alarms: aws cloudwatch describe-alarms.",
    ),
    Question(
        id="daily-anomaly",
        text="Does anomaly detection work for a metric with one value a day?",
        decision=34,
        statement="anomaly detection of daily metrics",
        settles="Whether bucket-growth-band can stay.",
        way="Three weeks after the deployment, look whether the graph of the alarm bucket-growth-band shows a band.",
    ),
    Question(
        id="cloudwatch-engine",
        text="Does CloudWatch behave as the local engine assumes?",
        decision=36,
        statement="AWS does not document some details",
        settles="The list of undocumented parts of CloudWatch in docs/local.md.",
        way="Break something on dev with monitoring, and compare the alarms with those of the local engine.",
    ),
    Question(
        id="gigabyte",
        text="Does a GB of transfer have 10^9 or 2^30 bytes?",
        settles="docs/cost.md: with 2^30, the transfer costs 7 % less.",
        way=(
            "Compare the GB of DataTransfer-Out-Bytes in the bill of a month with the sum of BytesDownloaded in "
            "CloudWatch."
        ),
    ),
    Question(
        id="shield-price",
        text="What does a request to Origin Shield cost in eu-central-1?",
        settles="The unconfirmed prices of docs/cost.md.",
        way="Divide the cost of the usage type with Origin-Shield in the bill by its quantity.",
    ),
)
