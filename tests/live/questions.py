"""The questions that only AWS can answer, and that the tests of tests/live ask. by_hand.py has the others."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question about AWS that no AWS page and no experiment has answered."""

    id: str
    text: str
    settles: str
    """What follows from the answer."""
    decision: int | None = None
    """The number of the decision that the answer settles; None if it settles a sentence of another page."""
    statement: str = ""
    """Words of the statement in the decision that is not confirmed; empty if the question comes from elsewhere."""
    way: str = ""
    """How to look by hand; empty if a test asks the question."""


ASKED: Final = (
    Question(
        id="response-size",
        text="Does CloudFront accept the largest responses that the edge function sends (limit of 1 MB)?",
        decision=8,
        settles=(
            "The limit of about 780 kB is safe if every response has status 200 or 302; a 502 means it is too high."
        ),
    ),
    Question(
        id="content-length",
        text="Which content-length does CloudFront send after the edge function has replaced the body?",
        decision=1,
        settles=(
            "The edge function may leave the length to CloudFront if the header equals the length of the rendition."
        ),
    ),
    Question(
        id="query-string",
        text="Does the edge function see the canonical query?",
        decision=2,
        settles="The origin request policy that forwards all of the query is enough if the rendition has the size.",
    ),
    Question(
        id="query-encoding",
        text="Does CloudFront decode the percent-encoded values of a query for the viewer function?",
        decision=2,
        settles="Status 400 means that the values are as the viewer wrote them, which the local engine assumes.",
    ),
    Question(
        id="plus-in-path",
        text="Does an original with a plus in its key have a working URL?",
        decision=2,
        settles="The viewer function writes + as %2B; both spellings must return the original with the plus.",
    ),
    Question(
        id="settings-header",
        text="Does CloudFront pass JSON with its quotation marks to the edge function in an origin custom header?",
        decision=6,
        statement="accepts JSON with its quotation marks",
        settles="The deployment shows that CloudFront accepts the value, a rendition shows that the function reads it.",
    ),
    Question(
        id="origin-fields",
        text="Does the event contain the custom headers of an origin with origin access control?",
        decision=6,
        settles="The edge function reads nothing else from the origin; a rendition shows that the headers are there.",
    ),
    Question(
        id="revalidation",
        text="What do viewers get when a cached original has expired and is unchanged?",
        decision=7,
        statement="revalidates an expired object with `If-Match` or `If-None-Match`",
        settles="Status 200 confirms the decision; 412 would mean that CloudFront sends If-Match.",
    ),
    Question(
        id="head",
        text="Does a HEAD request fill the cache for a later GET request?",
        decision=7,
        settles="The later GET request must return the whole rendition, also if CloudFront calls it a hit.",
    ),
    Question(
        id="range",
        text="What do viewers get who request a range of a rendition or of an original?",
        decision=7,
        settles="A rendition must be whole or a correct part; a part of an original must have the right bytes.",
    ),
    Question(
        id="function-headers",
        text="Does the response headers policy change a response of the viewer function?",
        decision=12,
        settles="The local engine assumes that it does, as one project observed.",
    ),
    Question(
        id="not-modified-headers",
        text="Does the response headers policy change a response with status 304?",
        decision=7,
        settles="If it does not, a 304 lacks the CORS headers; browsers use those of the stored response.",
    ),
    Question(
        id="path-normalization",
        text="Which response do other spellings of the path of stored renditions get?",
        decision=8,
        settles="The viewer function must refuse every spelling but one, whatever CloudFront decodes before.",
    ),
    Question(
        id="removed-headers",
        text="Does CloudFront accept a policy that removes ten headers, and remove them?",
        decision=9,
        settles="The list in infra/delivery/response_headers.py fits into the quota, and no viewer sees a cache tag.",
    ),
    Question(
        id="cache-tags",
        text="Do cache tags count that the edge function sets, on renditions and on unchanged originals?",
        decision=9,
        settles="If an invalidation of the tag leaves a response in the cache, the decision does not work.",
    ),
    Question(
        id="invalidated-spelling",
        text="Which spelling of a query does the invalidation of a path need?",
        decision=9,
        settles="Only operators who invalidate paths need the answer; the commands of the project use tags.",
    ),
    Question(
        id="cached-errors",
        text="Does CloudFront cache a 415 of the edge function for its lifetime?",
        decision=14,
        settles="If it does not, each request for a broken original costs a render.",
    ),
    Question(
        id="bucket-keys",
        text="Can CloudFront read objects under a key policy with AWS:SourceArn and bucket keys?",
        decision=18,
        statement="`AWS:SourceArn` in the key policy works together with bucket keys",
        settles="Status 200 for the original and a rendition confirms the decision; only stacks with a key can tell.",
    ),
    Question(
        id="firewall-browsers",
        text="Do requests as browsers send them pass the rules of the firewall?",
        decision=20,
        statement="legitimate requests pass the rules",
        settles="A 403 or 429 here would block every viewer with such a browser.",
    ),
    Question(
        id="firewall-capacity",
        text="How many capacity units do the rules of the firewall have?",
        decision=20,
        settles="docs/cost.md assumes at most 1,500, which the price of a request includes.",
    ),
    Question(
        id="budget",
        text="Does AWS accept a budget on tags that are not active yet?",
        decision=23,
        statement="accepts a budget on tags that are not active yet",
        settles="If the budget exists after the first deployment, AWS has accepted it.",
    ),
    Question(
        id="lambda-metrics",
        text="Which metrics of Lambda@Edge does CloudFront publish for the distribution?",
        decision=34,
        settles="The name LambdaLimitExceededErrors has an uncertain ending; alarms must use the names in this list.",
    ),
    Question(
        id="replica-metrics",
        text="Which metrics does Lambda publish for the replicas of the edge function, under which name?",
        decision=34,
        statement="of replicas under the name `us-east-1.NAME`",
        settles="Alarms of the edge function use Invocations, Errors, Duration and Throttles under us-east-1.NAME.",
    ),
    Question(
        id="edge-log",
        text="Do the log lines of the edge function arrive in the declared log group, as JSON?",
        decision=10,
        settles="Lines in the Region of Origin Shield confirm that the function runs there and writes to the group.",
    ),
    Question(
        id="fork",
        text="How much longer does the edge function take than the phases of a warm render?",
        decision=31,
        statement="what the fork costs there",
        settles="If the difference is more than 15 ms, the child process costs too much.",
    ),
    Question(
        id="runtime-version",
        text="Which version of its runtime does Lambda report for the edge function?",
        decision=33,
        statement="which version of awslambdaric its runtime contains",
        settles="AWS's image public.ecr.aws/lambda/python with the same version contains the same awslambdaric.",
    ),
)
"""The questions that the tests ask with requests and with AWS calls that only read."""
