"""Builds the events that CloudFront passes to functions, in the documented form."""

from http import HTTPStatus
from typing import Any

from local.cloudfront.messages import Request, Response


def viewer_request(request: Request, *, distribution: dict[str, str], request_id: str) -> dict[str, Any]:
    """Return the event of a CloudFront Function. The query's names and values stay as the viewer wrote them.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
    """
    querystring: dict[str, Any] = {}
    for pair in request.query.split("&") if request.query else []:
        name, _, value = pair.partition("=")
        if name in querystring:
            first = querystring[name]
            first.setdefault("multiValue", [{"value": first["value"]}]).append({"value": value})
        elif name:
            querystring[name] = {"value": value}
    return {
        "version": "1.0",
        "context": {**distribution, "eventType": "viewer-request", "requestId": request_id},
        "viewer": {"ip": request.ip},
        "request": {
            "method": request.method,
            "uri": request.uri,
            "querystring": querystring,
            "headers": {name: {"value": value} for name, value in request.headers.items()},
            "cookies": {},
        },
    }


def query_text(querystring: dict[str, Any] | str) -> str:
    """Return the query string as text. A CloudFront Function returns it as text or as an object."""
    if isinstance(querystring, str):
        return querystring
    pairs: list[str] = []
    for name, parameter in querystring.items():
        values = parameter.get("multiValue") or [parameter]
        pairs += [f"{name}={item['value']}" for item in values]
    return "&".join(pairs)


def origin_response(
    request: Request,
    *,
    query: str,
    origin: dict[str, Any],
    response: Response,
    distribution: dict[str, str],
    request_id: str,
) -> dict[str, Any]:
    """Return the event of Lambda@Edge, with the forwarded query. The event does not contain the body that S3 sent.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    """
    return {
        "config": {**distribution, "eventType": "origin-response", "requestId": request_id},
        "request": {
            "clientIp": request.ip,
            "method": request.method,
            "uri": request.uri,
            "querystring": query,
            "headers": _header_lists({"host": origin["domainName"], "user-agent": "Amazon CloudFront"}),
            "origin": _s3_origin(origin),
        },
        "response": {
            "status": str(response.status),
            "statusDescription": HTTPStatus(response.status).phrase,
            "headers": _header_lists(response.headers),
        },
    }


def _s3_origin(origin: dict[str, Any]) -> dict[str, Any]:
    custom_headers = {
        header["name"].lower(): [{"key": header["name"], "value": header["value"]}]
        for header in origin.get("customHeaders", [])
    }
    return {
        "s3": {
            "authMethod": "none",  # this field does not reflect origin access control
            "customHeaders": custom_headers,
            "domainName": origin["domainName"],
            "path": origin.get("originPath", ""),
            "region": "",
        }
    }


def _header_lists(headers: dict[str, str]) -> dict[str, Any]:
    return {name: [{"key": name.title(), "value": value}] for name, value in headers.items()}
