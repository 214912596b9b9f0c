"""The handler of the edge function. On a cache miss, CloudFront calls the handler with S3's response."""

import json
import time
from functools import cache
from typing import Any, Final

from common.contract import CACHE_TAG_HEADER, STORED_CACHE_TAG_HEADER
from edge.cache_headers import cache_control, cache_tags, head_headers, pass_through_headers, rendition_headers
from edge.deadline import Deadline
from edge.errors import BadRendition, ImageError, NoSuchOriginal, OriginalTooLarge, OriginFailed, Reason
from edge.event import Request, Response, read_request_id
from edge.imaging.formats import FILE_TYPES, sniff
from edge.outcome import Adjustment, Outcome
from edge.rendition import Rendition
from edge.s3_client import Bucket, Original
from edge.settings import Settings
from edge.stored_rendition import redirect_cache_control, stored_cache_control, stored_key
from edge.telemetry import format_traceback, log, log_failure, milliseconds_since, server_timing

_MAX_BODY: Final = (1_048_576 - 8_192) // 4 * 3
"""The maximum number of bytes of a body.

CloudFront refuses a response whose headers and base64 body exceed 1,048,576 bytes.
If live tests show that CloudFront counts the decoded bytes, this limit may grow by a third.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

_UNEXPECTED: Final = "Something went wrong."

_parse_settings = cache(Settings.parse)
open_bucket = cache(Bucket)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return S3's response, changed into the rendition, the original, a redirect or a problem document.

    Each response is logged in one line. Every exception becomes a problem document, also if the event cannot be read:
    S3's unchanged response would be cached in the place of the rendition, with the metadata of the object.
    """
    started = time.perf_counter()
    try:
        return _respond(event, context, started)
    except Exception as error:  # noqa: BLE001  # CloudFront would send a page of its own with status 503.
        log_failure(read_request_id(event), error, started=started)
        return _problem_response(ImageError(_UNEXPECTED)).apply_to(event)


def _respond(event: dict[str, Any], context: object, started: float) -> dict[str, Any]:
    """Return the response, and log it. Raises an exception if the event or the response is not as expected."""
    request = Request.parse(event)
    timings: dict[str, float] = {}
    try:
        settings = _parse_settings(request.settings)
        response = _respond_from_origin(request, settings)
        if response is None:
            rendition = _parse_rendition(request, settings)
            deadline = Deadline.of_invocation(context)
            response = _respond_with_rendition(request, rendition, settings, deadline, timings)
    except ImageError as error:
        response = _problem_response(error)
    except Exception as error:  # noqa: BLE001  # Here, the response still gets cache tags and a complete log line.
        unexpected = ImageError(_UNEXPECTED, detail=repr(error), traceback=format_traceback(error))
        response = _problem_response(unexpected)
    response.headers[CACHE_TAG_HEADER] = cache_tags(request)
    result = response.apply_to(event)
    log(request, response, started=started, timings={**timings, **response.timings})
    return result


def _respond_from_origin(request: Request, settings: Settings) -> Response | None:
    """Return a response with S3's own body or status, or None if the viewer requested a rendition.

    Raises NoSuchOriginal or OriginFailed if S3 did not deliver the original.
    """
    # S3 returns 400 for a key that cannot exist, and 403 for a missing key if the caller may not list the bucket.
    if request.status in (400, 403, 404):
        raise NoSuchOriginal("There is no original of this name.", detail=f"S3 returned {request.status}")
    if request.status >= 500:
        raise OriginFailed("The original could not be read.", detail=f"S3 returned {request.status}")
    if request.is_for_rendition:
        # S3's status is about the original. If it were sent, a 304 or 412 for the condition of one viewer would be the
        # response to all viewers who wait for the rendition.
        return None
    if request.status >= 300:  # S3 returns 304 for a conditional request, and 416 for a range beyond the end.
        return Response(headers={})
    return _pass_through(request, settings)


def _parse_rendition(request: Request, settings: Settings) -> Rendition:
    """Return the requested rendition.

    Raises BadRendition if the query is malformed or exceeds the limits of the stack, and OriginalTooLarge if the
    original has too many bytes.

    The viewer function has checked the query against the same limits. The check here protects a distribution without
    the viewer function.
    """
    rendition = Rendition.parse(request.query)
    for name, side in (("width", rendition.width), ("height", rendition.height)):
        if side is not None and side > settings.max_dimension:
            raise BadRendition(f"{name} accepts a whole number from 1 to {settings.max_dimension}.")
    if request.length > settings.max_bytes:
        text = f"The original has more than {settings.max_bytes} bytes."
        raise OriginalTooLarge(text, reason=Reason.TOO_MANY_BYTES)
    return rendition


def _respond_with_rendition(
    request: Request, rendition: Rendition, settings: Settings, deadline: Deadline, timings: dict[str, float]
) -> Response:
    """Return the rendition, or a redirect to the stored rendition. An SVG is its own rendition.

    The milliseconds of the phase `read` are added to `timings`.

    CloudFront does not pass the body of the original to the edge function, so the function reads it from S3.
    Raises OriginFailed if the rendition must be stored, and cannot be stored, or if S3 is so slow that the deadline
    passes.
    """
    if request.method == "HEAD":
        return Response(headers=head_headers(request, rendition, settings), body=b"")
    from edge.isolated_render import render_isolated, start_renderer  # Other responses do not have to start libvips.

    bucket = open_bucket(settings.bucket, settings.region)
    with start_renderer(rendition, settings, max_body=_MAX_BODY) as renderer:
        started = time.perf_counter()
        original = bucket.read(request.key, max_bytes=settings.max_bytes, deadline=deadline)
        timings["read"] = milliseconds_since(started)
        kind = sniff(original.body) or ""
        if kind == "svg":  # A vector image needs no renditions.
            return _pass_through(request, settings)._replace(log_fields={"format_in": kind})
        rendered = render_isolated(renderer, original.body, settings, deadline)
    headers = rendition_headers(request, rendition, original.etag, settings)
    headers["content-type"] = rendered.content_type
    response = Response(
        body=rendered.body,
        headers=headers,
        outcome=Outcome.RENDERED,
        adjustment=rendered.adjustment,
        quality=rendered.quality,
        timings=timings | rendered.timings,
        log_fields={
            "bytes_in": len(original.body),
            "bytes_out": len(rendered.body),
            "pixels_in": rendered.pixels_in,
            "pixels_out": rendered.pixels_out,
            "format_in": FILE_TYPES.get(kind, kind),
            "format_out": rendered.content_type.removeprefix("image/"),
            "quality": rendered.quality,
            "quality_steps": rendered.quality_steps,
        },
    )
    if response.adjustment is Adjustment.TOO_LARGE:
        response = _store_and_redirect(request, response, original, settings, deadline)
    response.headers["server-timing"] = server_timing(response)
    return response


def _store_and_redirect(
    request: Request, response: Response, original: Original, settings: Settings, deadline: Deadline
) -> Response:
    """Store the rendition, and return a redirect to its path on the same distribution. Raises OriginFailed."""
    content_type = response.headers["content-type"]
    key = stored_key(request, original.etag, settings, content_type)
    object_headers = {
        "content-type": content_type,
        "cache-control": stored_cache_control(cache_control(request, settings)),
        STORED_CACHE_TAG_HEADER: cache_tags(request),
    }
    started = time.perf_counter()
    bucket = open_bucket(settings.renditions, settings.region)
    bucket.write(key, response.body or b"", object_headers, deadline=deadline)
    headers = response.headers | {
        "content-type": "text/plain",
        "cache-control": redirect_cache_control(cache_control(request, settings)),
        "location": f"/{key}",
    }
    headers.pop("etag", None)
    return Response(
        status=302,
        title="Found",
        body=b"This rendition is too large for one response; it is at the location.",
        headers=headers,
        outcome=Outcome.REDIRECTED,
        adjustment=Adjustment.STORED,
        timings={**response.timings, "store": milliseconds_since(started)},
        log_fields=response.log_fields,
    )


def _pass_through(request: Request, settings: Settings) -> Response:
    """Return a response with S3's body, a Cache-Control header and an own ETag."""
    return Response(headers=pass_through_headers(request, settings))


def _problem_response(error: ImageError) -> Response:
    """Return the problem document (RFC 9457) of an error. The document has the public sentence, never the detail.

    The public sentence about a malformed query can quote the viewer, so the log does not contain the sentence.
    """
    problem = {"type": "about:blank", "title": error.title, "status": error.status, "detail": error.public}
    headers = {"content-type": "application/problem+json", "cache-control": f"public, max-age={error.ttl}"}
    body = json.dumps(problem).encode()
    return Response(
        status=error.status,
        title=error.title,
        body=body,
        headers=headers,
        outcome=Outcome.FAILED if error.status >= 500 else Outcome.REJECTED,
        log_fields={
            "reason": error.reason.value,
            "detail": error.detail if isinstance(error, BadRendition) else str(error),
            "traceback": error.traceback,
        },
    )
