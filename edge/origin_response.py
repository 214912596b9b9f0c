"""The Lambda@Edge function: runs between S3's answer and CloudFront's cache, on misses only."""

import hashlib
import json
import time
from functools import cache
from typing import Any

from common.cache_tags import pipeline_tag, tags
from common.contract import CACHE_TAG_HEADER, STORED_CACHE_TAG_HEADER, STORED_RENDITIONS_PREFIX
from edge.errors import BadRendition, ImageError, NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.event import Request, Response
from edge.imaging.formats import PIPELINE_VERSION, sniff
from edge.rendition import Rendition
from edge.s3_client import Bucket, Original
from edge.settings import Settings
from edge.stored_rendition import redirect_lifetime, stored_key
from edge.telemetry import elapsed, log, server_timing

# CloudFront refuses more than 1,048,576 bytes of headers and base64 together. If live tests show that decoded
# bytes count, this may grow by a third. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
MAX_BODY = (1_048_576 - 8_192) // 4 * 3

settings_of = cache(Settings.parse)
bucket_of = cache(Bucket)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """AWS's entry point. Whatever happens, the viewer gets an answer and the log gets a line."""
    started = time.perf_counter()
    request = Request.parse(event)
    timings: dict[str, float] = {}
    try:
        response = answer(request, settings_of(request.settings), timings)
    except ImageError as error:
        response = problem(error)
    except Exception as error:  # noqa: BLE001  # the one place where nothing may get past
        response = problem(ImageError("Something went wrong.", detail=repr(error)))
    response.headers[CACHE_TAG_HEADER] = cache_tags(request)
    log(request, response, started=started, timings=timings)
    return response.onto(event)


def cache_tags(request: Request) -> str:
    """Those of the original; of a stored rendition, those of the original that it was made of."""
    if request.key.startswith(STORED_RENDITIONS_PREFIX) and request.stored_tags:
        return request.stored_tags
    made_by = [pipeline_tag(PIPELINE_VERSION)] if request.query else []
    return ",".join(tags(request.key) + made_by)


def answer(request: Request, settings: Settings, timings: dict[str, float]) -> Response:
    """The original as it is, or a rendition of it; ImageError for what the viewer gets instead."""
    if request.status in (400, 403, 404):  # S3: a key that cannot be, one we may not know to be missing, a missing one
        raise NoSuchOriginal("There is no original of this name.", detail=f"S3 answered {request.status}")
    if request.status >= 500:
        raise OriginFailed("The original could not be read.", detail=f"S3 answered {request.status}")
    if request.status >= 300:  # not modified, or a range that cannot be satisfied
        return Response()
    if not request.query or request.key.startswith(STORED_RENDITIONS_PREFIX):
        return untouched(request, settings)
    rendition = parsed(request.query, settings)
    if request.length > settings.max_bytes:
        raise OriginalTooLarge(f"The original has more than {settings.max_bytes} bytes.")
    started = time.perf_counter()
    original = bucket_of(settings.bucket, settings.region).read(request.key, max_bytes=settings.max_bytes)
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
    from edge.imaging.pipeline import render  # Pillow costs a pass-through nothing

    picture = render(
        original.body,
        rendition,
        max_pixels=settings.max_pixels,
        max_frames=settings.max_frames,
        max_dimension=settings.max_dimension,
        max_body=MAX_BODY,
    )
    if picture is None:
        return untouched(request, settings, way="original")
    timings |= picture.timings
    way = {"lowered": f"lowered to {picture.quality}", "converted": f"converted to {picture.content_type}"}
    headers = {
        "content-type": picture.content_type,
        "cache-control": lifetime(request, settings),
        "etag": etag(original.etag, request.query),
    }
    if rendition.format is None or rendition.format in settings.formats:
        headers["vary"] = "accept"  # what `auto` can lead to; the viewer's own cache must not mix them up
    response = Response(body=picture.body, headers=headers, way=way.get(picture.way, picture.way))
    if picture.way == "stored":
        response = stored(request, response, original, settings, timings)
    response.headers["server-timing"] = server_timing(timings, response.way)
    return response


def stored(
    request: Request, rendition: Response, original: Original, settings: Settings, timings: dict[str, float]
) -> Response:
    """A redirect to the rendition, through the same distribution. If it cannot be stored, for a moment the original."""
    kind = rendition.headers["content-type"]
    key = stored_key(request.key, original.etag, request.query, PIPELINE_VERSION, kind)
    kept = {
        "content-type": kind,
        "cache-control": lifetime(request, settings),
        STORED_CACHE_TAG_HEADER: cache_tags(request),
    }
    started = time.perf_counter()
    try:
        bucket_of(settings.renditions, settings.region).write(key, rendition.body or b"", kept)
    except OriginFailed as error:
        headers = {"cache-control": f"public, max-age={error.ttl}"}
        return Response(headers=headers, way="original", detail=repr(error))
    timings["store"] = elapsed(started)
    headers = rendition.headers | {
        "content-type": "text/plain",
        "cache-control": redirect_lifetime(lifetime(request, settings)),
        "location": f"/{key}",
    }
    del headers["etag"]
    body = b"This rendition is too large for one answer; it is at the location."
    return Response(status=302, title="Found", body=body, headers=headers, way="stored")


def untouched(request: Request, settings: Settings, way: str = "") -> Response:
    """S3's own answer, with a lifetime."""
    headers = {"cache-control": lifetime(request, settings)}
    if way:
        headers["server-timing"] = server_timing({}, way)
    return Response(headers=headers, way=way)


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
    content = json.dumps(body).encode()
    return Response(status=error.status, title=error.title, body=content, headers=headers, detail=repr(error))
