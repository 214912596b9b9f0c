"""The events that functions are given, in CloudFront's documented shapes."""

from http import HTTPStatus
from typing import Any

from local.cache import Answer


def viewer_request(
    *,
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    ip: str,
    distribution: dict[str, str],
    request_id: str,
) -> dict[str, Any]:
    """For a CloudFront Function. Names and values of the query stay as the viewer wrote them.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
    """
    querystring: dict[str, Any] = {}
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        if name in querystring:
            first = querystring[name]
            first.setdefault("multiValue", [{"value": first["value"]}]).append({"value": value})
        elif name:
            querystring[name] = {"value": value}
    return {
        "version": "1.0",
        "context": {**distribution, "eventType": "viewer-request", "requestId": request_id},
        "viewer": {"ip": ip},
        "request": {
            "method": method,
            "uri": uri,
            "querystring": querystring,
            "headers": {name: {"value": value} for name, value in headers.items()},
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
    *,
    method: str,
    uri: str,
    query: str,
    ip: str,
    origin: dict[str, Any],
    answer: Answer,
    distribution: dict[str, str],
    request_id: str,
) -> dict[str, Any]:
    """For Lambda@Edge. The body that S3 sent is not in it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    """
    custom = {
        header["name"].lower(): [{"key": header["name"], "value": header["value"]}]
        for header in origin.get("customHeaders", [])
    }
    return {
        "config": {**distribution, "eventType": "origin-response", "requestId": request_id},
        "request": {
            "clientIp": ip,
            "method": method,
            "uri": uri,
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
