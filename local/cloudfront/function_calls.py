"""Calls the functions of a behavior: the viewer function before the cache, the edge function after the origin."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.cloudfront import events
from local.cloudfront.behavior import Behavior
from local.cloudfront.messages import Request, Response
from local.cloudfront.results import Result, ResultType, error_page
from local.cloudfront.validation import check_response
from local.cloudfront.viewer_function import ViewerFunctionError


def call_viewer_function(
    behavior: Behavior,
    request: Request,
    *,
    distribution: dict[str, str],
    request_id: str,
    report: Callable[[str], None],
) -> Request | Result:
    """Return the request from the viewer function, or a result if the function returned a response or failed."""
    if behavior.viewer_function is None:
        return request
    event = events.viewer_request(request, distribution=distribution, request_id=request_id)
    try:
        output = behavior.viewer_function(event)
    except ViewerFunctionError as error:
        report(f"the viewer function failed: {error}")
        page = error_page(503, "The CloudFront Function failed.")
        return Result(response=page, type=ResultType.FUNCTION_EXECUTION_ERROR)
    headers = {name: header["value"] for name, header in output.get("headers", {}).items()}
    if "statusCode" in output:
        body = output.get("body", "")
        text = body if isinstance(body, str) else body["data"]
        response = Response(status=output["statusCode"], headers=headers, body=text.encode())
        return Result(response=response, type=ResultType.FUNCTION_GENERATED_RESPONSE)
    return replace(request, uri=output["uri"], query=events.query_text(output["querystring"]), headers=headers)


async def call_edge_function(
    behavior: Behavior, request: Request, response: Response, *, distribution: dict[str, str], request_id: str
) -> Response:
    """Return the response of the function, or the origin's response if the behavior has no function.

    Raises FunctionError if the function fails, and InvalidResponse if CloudFront would reject its response.
    """
    if behavior.lambda_function is None:
        return response
    event = events.origin_response(
        request,
        query=behavior.forwarded_query(request),
        origin=behavior.origin.declared,
        response=response,
        distribution=distribution,
        request_id=request_id,
    )
    output: Any = await behavior.lambda_function.invoke({"Records": [{"cf": event}]})
    check_response(output, event["response"]["headers"])
    headers = {
        name: ", ".join(value["value"] for value in values) for name, values in (output.get("headers") or {}).items()
    }
    body = response.body
    if "body" in output:
        is_base64 = output.get("bodyEncoding") == "base64"
        body = base64.b64decode(output["body"]) if is_base64 else output["body"].encode()
        headers["content-length"] = str(len(body))
    return Response(status=int(output["status"]), headers=headers, body=body)
