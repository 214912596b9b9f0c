"""CloudFront's checks: of a Lambda association when it is made, and of every answer of the function.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
"""

import base64
import binascii
import json
import re
from typing import Any

from local.program.program import ProgramError, Resource

LIMIT = 1_048_576  # bytes of body, as returned, and headers together
_READ_ONLY = ("transfer-encoding", "via")
_DISALLOWED = re.compile(
    r"connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-(auth|cf-.*|errortype"
    r"|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto"
    r"|x-real-ip|cloudfront-viewer-cert-pem|client-cert(-chain)?"
)


class InvalidAnswer(Exception):
    """CloudFront answers 502."""


def check_association(arn: str, function: Resource, role: Resource) -> None:
    """ProgramError for what CreateDistribution would refuse."""
    inputs = function.inputs
    trust = json.loads(role.inputs["assumeRolePolicy"])
    named = [statement["Principal"]["Service"] for statement in trust["Statement"]]
    trusted = {service for each in named for service in ([each] if isinstance(each, str) else each)}
    wrong = [
        message
        for message, refused in {
            "its ARN names no numbered version": not arn.rpartition(":")[2].isdigit(),
            "it is not in us-east-1": ":us-east-1:" not in arn,
            "it has environment variables": bool(inputs.get("environment")),
            "it has layers": bool(inputs.get("layers")),
            "it is not for x86_64": inputs.get("architectures", ["x86_64"]) != ["x86_64"],
            "it may run for more than 30 seconds": inputs.get("timeout", 3) > 30,
            "its role does not trust both Lambda principals": not trusted
            >= {"lambda.amazonaws.com", "edgelambda.amazonaws.com"},
        }.items()
        if refused
    ]
    if wrong:
        raise ProgramError(f"CloudFront would refuse {function.name}: {'; '.join(wrong)}")


def check_answer(answer: Any, before: dict[str, Any]) -> None:
    """InvalidAnswer for what CloudFront would not send on; `before` are the headers that the function was given."""
    if not isinstance(answer, dict):
        raise InvalidAnswer("the function did not return a response")
    status = str(answer.get("status"))
    if not (status.isdigit() and 200 <= int(status) <= 599):
        raise InvalidAnswer(f"status is {status}")
    headers = answer.get("headers") or {}
    for name, values in headers.items():
        _check_header(name, values)
    for name in _READ_ONLY:
        if headers.get(name) != before.get(name):
            raise InvalidAnswer(f"the function changed the read-only header {name}")
    body = answer.get("body", "")
    if status in ("204", "304") and body:
        raise InvalidAnswer(f"a {status} has no body")
    _check_body(body, answer.get("bodyEncoding", "text"))
    size = len(body.encode()) + sum(
        len(name) + len(value["value"]) for name, values in headers.items() for value in values
    )
    if body and size > LIMIT:
        raise InvalidAnswer(f"body and headers have {size} bytes, the limit is {LIMIT}")


def _check_header(name: str, values: Any) -> None:
    if name != name.lower():
        raise InvalidAnswer(f"the header name {name} is not in lower case")
    if _DISALLOWED.fullmatch(name):
        raise InvalidAnswer(f"the header {name} is not the function's to set")
    for value in values:
        if not isinstance(value.get("value"), str):
            raise InvalidAnswer(f"the header {name} has a value that is no string")
        if value.get("key", name).lower() != name:
            raise InvalidAnswer(f"the header {name} has the key {value['key']}")


def _check_body(body: Any, encoding: str) -> None:
    if not isinstance(body, str) or encoding not in ("text", "base64"):
        raise InvalidAnswer("the body is no string, or bodyEncoding neither text nor base64")
    if encoding == "base64":
        try:
            base64.b64decode(body, validate=True)
        except binascii.Error:
            raise InvalidAnswer("the body is not valid base64") from None
