"""Applies conditional and range headers of a request to a cached response."""

from dataclasses import replace

from werkzeug.http import is_resource_modified, parse_range_header

from local.cloudfront.messages import Response


def apply_conditional_headers(response: Response, request_headers: dict[str, str]) -> Response:
    """Return the response unchanged, or a 304, 206 or 416 response if the request's headers require it."""
    if response.status != 200:
        return response
    environ = {
        "REQUEST_METHOD": "GET",
        "HTTP_IF_NONE_MATCH": request_headers.get("if-none-match", ""),
        "HTTP_IF_MODIFIED_SINCE": request_headers.get("if-modified-since", ""),
    }
    is_modified = is_resource_modified(
        environ, etag=response.headers.get("etag"), last_modified=response.headers.get("last-modified")
    )
    if not is_modified:
        return Response(status=304, headers=_without_length(response), body=b"")
    byte_range = parse_range_header(request_headers.get("range"))
    if (
        byte_range is None
        or byte_range.units != "bytes"
        or len(byte_range.ranges) != 1
        or not _is_range_valid(response, request_headers)
    ):
        return response
    size = len(response.body)
    bounds = byte_range.range_for_length(size)
    if bounds is None:
        headers = _without_length(response) | {"content-range": f"bytes */{size}"}
        return Response(status=416, headers=headers, body=b"")
    start, stop = bounds
    headers = _without_length(response) | {"content-range": f"bytes {start}-{stop - 1}/{size}"}
    return replace(response, status=206, headers=headers, body=response.body[start:stop])


def _is_range_valid(response: Response, request_headers: dict[str, str]) -> bool:
    """Return whether If-Range, if present, still matches the response."""
    condition = request_headers.get("if-range")
    return condition is None or condition in (response.headers.get("etag"), response.headers.get("last-modified"))


def _without_length(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}
