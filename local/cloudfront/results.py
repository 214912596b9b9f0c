"""The result of a request inside CloudFront: the response, and the result type that x-cache reports."""

from dataclasses import dataclass
from enum import StrEnum

from local.cloudfront.messages import Response


class ResultType(StrEnum):
    """CloudFront's result types, spelled as in the x-cache header."""

    HIT = "Hit"
    REFRESH_HIT = "RefreshHit"
    MISS = "Miss"
    ERROR = "Error"
    FUNCTION_GENERATED_RESPONSE = "FunctionGeneratedResponse"
    FUNCTION_EXECUTION_ERROR = "FunctionExecutionError"
    LAMBDA_EXECUTION_ERROR = "LambdaExecutionError"
    LAMBDA_VALIDATION_ERROR = "LambdaValidationError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A response before CloudFront adds its own headers."""

    response: Response
    type: ResultType
    stored_at: float = 0.0
    """The time when the response was stored, in seconds since the epoch. Only cache hits use this time."""


def error_page(status: int, sentence: str) -> Response:
    """Return an error response that CloudFront itself sends, as HTML."""
    html = (
        f"<!doctype html><title>ERROR: The request could not be satisfied</title><h1>{status} ERROR</h1><p>{sentence}"
    )
    return Response(status=status, headers={"content-type": "text/html"}, body=html.encode())
