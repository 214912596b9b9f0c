"""Validates, as CloudFront does, a Lambda@Edge association and every response of the function.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
"""

import base64
import binascii
import json
import re
from typing import Any, Final

from local.program.program import ProgramError, Resource

MAX_RESPONSE_SIZE: Final = 1_048_576
"""The maximum number of bytes of the body, as the function returns it, and of the headers together."""
_MAX_TIMEOUT: Final = 30
"""The maximum timeout of an edge function in seconds."""
_READ_ONLY_HEADERS: Final = ("transfer-encoding", "via")
_DISALLOWED_HEADERS: Final = re.compile(
    r"connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-(auth|cf-.*|errortype"
    r"|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto"
    r"|x-real-ip|cloudfront-viewer-cert-pem|client-cert(-chain)?"
)


class InvalidResponse(Exception):
    """CloudFront rejects the function's response, and sends a response with status 502."""


def check_association(arn: str, function: Resource, role: Resource) -> None:
    """Check the Lambda function of an association.

    Raises ProgramError if CreateDistribution would reject the function.
    """
    inputs = function.inputs
    problems = {
        "its ARN has no numbered version": not arn.rpartition(":")[2].isdigit(),
        "it is not in us-east-1": ":us-east-1:" not in arn,
        "it has environment variables": bool(inputs.get("environment")),
        "it has layers": bool(inputs.get("layers")),
        "its architecture is not x86_64": inputs.get("architectures", ["x86_64"]) != ["x86_64"],
        f"its timeout is more than {_MAX_TIMEOUT} seconds": inputs.get("timeout", 3) > _MAX_TIMEOUT,
        "its role does not trust both Lambda principals, lambda.amazonaws.com and edgelambda.amazonaws.com": (
            not _trusted_services(role) >= {"lambda.amazonaws.com", "edgelambda.amazonaws.com"}
        ),
    }
    present = [problem for problem, is_present in problems.items() if is_present]
    if present:
        raise ProgramError(f"CloudFront would reject the Lambda function {function.name}: {'; '.join(present)}")


def check_response(response: Any, origin_headers: dict[str, Any]) -> None:
    """Check a response of the edge function. `origin_headers` are the response headers in the function's event.

    Raises InvalidResponse if CloudFront would not send the response.
    """
    if not isinstance(response, dict):
        raise InvalidResponse("the function did not return a response")
    status = str(response.get("status"))
    if not (status.isdigit() and 200 <= int(status) <= 599):
        raise InvalidResponse(f"the status is {status}, which is not a number from 200 to 599")
    headers = response.get("headers") or {}
    for name, values in headers.items():
        _check_header(name, values)
    for name in _READ_ONLY_HEADERS:
        if headers.get(name) != origin_headers.get(name):
            raise InvalidResponse(f"the function changed the read-only header {name}")
    body = response.get("body", "")
    if status in ("204", "304") and body:
        raise InvalidResponse(f"a response with status {status} may have no body")
    _check_body(body, response.get("bodyEncoding", "text"))
    size = len(body.encode()) + sum(
        len(name) + len(value["value"]) for name, values in headers.items() for value in values
    )
    if body and size > MAX_RESPONSE_SIZE:
        raise InvalidResponse(f"body and headers have {size} bytes, the limit is {MAX_RESPONSE_SIZE}")


def _trusted_services(role: Resource) -> set[str]:
    services: set[str] = set()
    for statement in json.loads(role.inputs["assumeRolePolicy"])["Statement"]:
        service: str | list[str] = statement["Principal"]["Service"]
        services.update([service] if isinstance(service, str) else service)
    return services


def _check_header(name: str, values: Any) -> None:
    if name != name.lower():
        raise InvalidResponse(f"the header name {name} is not in lower case")
    if _DISALLOWED_HEADERS.fullmatch(name):
        raise InvalidResponse(f"a function may not set the header {name}")
    for value in values:
        if not isinstance(value.get("value"), str):
            raise InvalidResponse(f"the header {name} has a value that is not a string")
        if value.get("key", name).lower() != name:
            raise InvalidResponse(f"the header {name} has the key {value['key']}")


def _check_body(body: Any, encoding: str) -> None:
    if not isinstance(body, str) or encoding not in ("text", "base64"):
        raise InvalidResponse("the body is not a string, or bodyEncoding is neither text nor base64")
    if encoding == "base64":
        try:
            base64.b64decode(body, validate=True)
        except binascii.Error:
            raise InvalidResponse("the body is not valid base64") from None
