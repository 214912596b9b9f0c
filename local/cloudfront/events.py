"""The events that functions are given, in CloudFront's documented shapes."""

from http import HTTPStatus
from typing import Any

from local.cloudfront.behavior import Request
from local.cloudfront.cache import Answer


def viewer_request(request: Request, *, distribution: dict[str, str], request_id: str) -> dict[str, Any]:
    """For a CloudFront Function. Names and values of the query stay as the viewer wrote them.

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


def query_of(querystring: dict[str, Any] | str) -> str:
    """The query that a function left, as text."""
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
    answer: Answer,
    distribution: dict[str, str],
    request_id: str,
) -> dict[str, Any]:
    """For Lambda@Edge, with the query that is forwarded. The body that S3 sent is not in it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    """
    custom = {
        header["name"].lower(): [{"key": header["name"], "value": header["value"]}]
        for header in origin.get("customHeaders", [])
    }
    return {
        "config": {**distribution, "eventType": "origin-response", "requestId": request_id},
        "request": {
            "clientIp": request.ip,
            "method": request.method,
            "uri": request.uri,
            "querystring": query,
            "headers": _multi({"host": origin["domainName"], "user-agent": "Amazon CloudFront"}),
            "origin": {
                "s3": {
                    "authMethod": "none",  # says nothing of origin access control
                    "customHeaders": custom,
                    "domainName": origin["domainName"],
                    "path": origin.get("originPath", ""),
                    "region": "",
                }
            },
        },
        "response": {
            "status": str(answer.status),
            "statusDescription": HTTPStatus(answer.status).phrase,
            "headers": _multi(answer.headers),
        },
    }


def _multi(headers: dict[str, str]) -> dict[str, Any]:
    return {name: [{"key": name.title(), "value": value}] for name, value in headers.items()}
