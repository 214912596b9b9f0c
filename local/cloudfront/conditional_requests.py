"""What CloudFront makes of a stored answer for a viewer who has it already, or wants a part of it."""

from dataclasses import replace

from werkzeug.http import is_resource_modified, parse_range_header

from local.cloudfront.cache import Answer


def narrowed(answer: Answer, request: dict[str, str]) -> Answer:
    """The answer itself, or 304, 206 or 416 by the request's headers."""
    if answer.status != 200:
        return answer
    environ = {
        "REQUEST_METHOD": "GET",
        "HTTP_IF_NONE_MATCH": request.get("if-none-match", ""),
        "HTTP_IF_MODIFIED_SINCE": request.get("if-modified-since", ""),
    }
    modified = is_resource_modified(
        environ, etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified")
    )
    if not modified:
        return Answer(status=304, headers=_without_length(answer), body=b"")
    wanted = parse_range_header(request.get("range"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1 or not _still(answer, request):
        return answer
    size = len(answer.body)
    span = wanted.range_for_length(size)
    if span is None:
        return Answer(status=416, headers=_without_length(answer) | {"content-range": f"bytes */{size}"}, body=b"")
    start, stop = span
    headers = _without_length(answer) | {"content-range": f"bytes {start}-{stop - 1}/{size}"}
    return replace(answer, status=206, headers=headers, body=answer.body[start:stop])


def _still(answer: Answer, request: dict[str, str]) -> bool:
    condition = request.get("if-range")
    return condition is None or condition in (answer.headers.get("etag"), answer.headers.get("last-modified"))


def _without_length(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "content-length"}
