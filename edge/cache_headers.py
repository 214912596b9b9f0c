"""The caching headers of a response: Cache-Control, ETag, Vary and the cache tags."""

import hashlib

from common.cache_tags import pipeline_tag, tags
from common.contract import STORED_RENDITIONS_PREFIX
from edge.event import Request
from edge.imaging.formats import PIPELINE_VERSION
from edge.rendition import Rendition
from edge.s3_client import Original
from edge.settings import Settings


def rendition_headers(request: Request, rendition: Rendition, original: Original, settings: Settings) -> dict[str, str]:
    """Return the Cache-Control, the ETag and, if necessary, the Vary header of a rendition."""
    headers = {
        "cache-control": cache_control(request, settings),
        "etag": _rendition_etag(original.etag, request.query),
    }
    if rendition.format is None or rendition.format in settings.formats:
        # `auto` can select this format. Without Vary, a browser could show a cached format that it does not accept.
        headers["vary"] = "accept"
    return headers


def cache_control(request: Request, settings: Settings) -> str:
    """Return the original's own Cache-Control. If the original has none, return the Cache-Control of the stack.

    CloudFront may keep a response for longer than browsers, because an invalidation drops the response at CloudFront,
    but not in browsers.
    """
    default = f"public, max-age={settings.browser_ttl}, s-maxage={settings.cdn_ttl}"
    return request.cache_control or default


def cache_tags(request: Request) -> str:
    """Return the cache tags of a response. A stored rendition has its tags in its metadata."""
    if request.key.startswith(STORED_RENDITIONS_PREFIX) and request.stored_tags:
        return request.stored_tags
    pipeline_tags = [pipeline_tag(PIPELINE_VERSION)] if request.query else []
    return ",".join(tags(request.key) + pipeline_tags)


def _rendition_etag(original_etag: str, query: str) -> str:
    """Return an ETag that differs from all ETags of S3.

    CloudFront sends the ETag of an expired rendition to S3. If this ETag were the ETag of the original, S3 would
    respond with 304, even if an older pipeline version made the rendition.
    """
    digest = hashlib.sha256(f"{query} {PIPELINE_VERSION}".encode()).hexdigest()[:8]
    return f'"{original_etag}-{digest}"'
