"""The Lambda@Edge function: runs between S3's answer and CloudFront's cache, on misses only."""

import hashlib
import json
import time
from functools import cache
from typing import Any

from edge.errors import BadRendition, ImageError, NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.event import Request, Response
from edge.formats import PIPELINE_VERSION, sniff
from edge.rendition import Rendition
from edge.settings import Settings
from edge.source import Original, Source
from edge.tags import pipeline_tag, tags
from edge.telemetry import elapsed, log, server_timing

# CloudFront refuses more than 1,048,576 bytes of headers and base64 together. If live tests show that decoded
# bytes count, this may grow by a third. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
MAX_BODY = (1_048_576 - 8_192) // 4 * 3

settings_of = cache(Settings.parse)
source_of = cache(Source)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """AWS's entry point. Whatever happens, the viewer gets an answer and the log gets a line."""
    started = time.perf_counter()
    request = Request.parse(event)
    timings: dict[str, float] = {}
    detail = ""
    try:
        response = answer(request, settings_of(request.settings), timings)
    except ImageError as error:
        response, detail = problem(error), repr(error)
    except Exception as error:  # noqa: BLE001  # the one place where nothing may get past
        response, detail = problem(ImageError("Something went wrong.")), repr(error)
    made_by = [pipeline_tag(PIPELINE_VERSION)] if request.query else []
    response.headers["cache-tag"] = ",".join(tags(request.key) + made_by)
    log(request, response, started=started, timings=timings, detail=detail)
    return response.onto(event)


def answer(request: Request, settings: Settings, timings: dict[str, float]) -> Response:
    """The original as it is, or a rendition of it; ImageError for what the viewer gets instead."""
    if request.status in (400, 403, 404):  # S3: a key that cannot be, one we may not know to be missing, a missing one
        raise NoSuchOriginal("There is no original of this name.", detail=f"S3 answered {request.status}")
    if request.status >= 500:
        raise OriginFailed("The original could not be read.", detail=f"S3 answered {request.status}")
    if request.status >= 300:  # not modified, or a range that cannot be satisfied
        return Response()
    if not request.query:
        return untouched(request, settings)
    rendition = parsed(request.query, settings)
    if request.length > settings.max_bytes:
        raise OriginalTooLarge(f"The original has more than {settings.max_bytes} bytes.")
    started = time.perf_counter()
    original = source_of(settings.bucket, settings.region).read(request.key, max_bytes=settings.max_bytes)
    timings["read"] = elapsed(started)
    return rendered(request, rendition, original, settings, timings)


def parsed(query: str, settings: Settings) -> Rendition:
    """The function in front has checked the same limits; this holds if it is ever left out."""
    rendition = Rendition.parse(query)
    for name, side in (("width", rendition.width), ("height", rendition.height)):
        if side is not None and side > settings.max_dimension:
            raise BadRendition(f"{name} accepts a whole number from 1 to {settings.max_dimension}.")
    return rendition


def rendered(
    request: Request, rendition: Rendition, original: Original, settings: Settings, timings: dict[str, float]
) -> Response:
    """A new body; or none, where the original is the better answer."""
    if sniff(original.body) == "svg":  # scales by itself
        return untouched(request, settings)
    from edge.render import render  # Pillow costs a pass-through nothing

    picture = render(
        original.body,
        rendition,
        max_pixels=settings.max_pixels,
        max_frames=settings.max_frames,
        max_dimension=settings.max_dimension,
        max_body=MAX_BODY,
    )
    if picture is None:
        return untouched(request, settings)
    timings |= picture.timings
    headers = {
        "content-type": picture.content_type,
        "cache-control": lifetime(request, settings),
        "etag": etag(original.etag, request.query),
        "server-timing": server_timing(timings),
    }
    if rendition.format is None or rendition.format in settings.formats:
        headers["vary"] = "accept"  # what `auto` can lead to; the viewer's own cache must not mix them up
    return Response(body=picture.body, headers=headers)


def untouched(request: Request, settings: Settings) -> Response:
    """S3's own answer, with a lifetime."""
    return Response(headers={"cache-control": lifetime(request, settings)})


def lifetime(request: Request, settings: Settings) -> str:
    """The uploader's word counts; else the CDN, which can be purged, may keep it longer than browsers."""
    own = f"public, max-age={settings.browser_ttl}, s-maxage={settings.cdn_ttl}"
    return request.cache_control or own


def etag(original: str, query: str) -> str:
    """Never S3's: at revalidation S3 must not call a rendition unmodified that an older pipeline made."""
    digest = hashlib.sha256(f"{query} {PIPELINE_VERSION}".encode()).hexdigest()[:8]
    return f'"{original}-{digest}"'


def problem(error: ImageError) -> Response:
    """RFC 9457: the public sentence, never the detail."""
    body = {"type": "about:blank", "title": error.title, "status": error.status, "detail": error.public}
    headers = {"content-type": "application/problem+json", "cache-control": f"public, max-age={error.ttl}"}
    return Response(status=error.status, title=error.title, body=json.dumps(body).encode(), headers=headers)
