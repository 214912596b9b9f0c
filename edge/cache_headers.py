"""The caching headers of a response: Cache-Control, ETag, Vary and the cache tags."""

import hashlib
import re
from typing import Final

from common.cache_tags import pipeline_tag, tags
from common.contract import STORED_RENDITIONS_PREFIX
from edge.event import Request
from edge.imaging.formats import PIPELINE_VERSION
from edge.rendition import Rendition
from edge.settings import Settings

_DIRECTIVE: Final = re.compile(r'(?:[^,;"]|"[^"]*"|")+')
"""A directive of Cache-Control. A comma within quotation marks does not separate directives.

Uploaders also write semicolons between directives. The search takes linear time, also for a missing quotation mark.
"""


def pass_through_headers(request: Request, settings: Settings) -> dict[str, str]:
    """Return the Cache-Control and the ETag of a response with S3's own body."""
    return {"cache-control": cache_control(request, settings), **_etag_header(request, request.etag, settings)}


def rendition_headers(request: Request, rendition: Rendition, etag: str, settings: Settings) -> dict[str, str]:
    """Return the Cache-Control, the ETag and, if necessary, the Vary header of a rendition.

    `etag` is S3's ETag of the original that was rendered, without quotation marks.
    """
    headers = {"cache-control": cache_control(request, settings), **_etag_header(request, etag, settings)}
    if rendition.format is None or rendition.format in settings.formats:
        # `auto` can select this format. Without Vary, a browser could show a cached format that it does not accept.
        headers["vary"] = "accept"
    return headers


def head_headers(request: Request, rendition: Rendition, settings: Settings) -> dict[str, str]:
    """Return the headers of a HEAD request for a rendition, which is not rendered.

    They are the headers of a GET request that returns a rendition, except those that only the render decides: the
    content-length, the server-timing and the content-type. Not even a query that names a format decides the type: the
    original can be an SVG, and an AVIF can become a WebP.
    https://www.rfc-editor.org/rfc/rfc9110#name-head
    """
    return rendition_headers(request, rendition, request.etag, settings)


def cache_control(request: Request, settings: Settings) -> str:
    """Return the Cache-Control of an original, of a rendition or of a stored rendition.

    An original with its own Cache-Control keeps it. A rendition keeps it only if the original is private or must not
    be stored: with `no-cache` or `max-age=0`, each view would cause a render, although an invalidation drops the
    rendition when the original changes. Everything else gets the Cache-Control of the stack. CloudFront may keep a
    response for longer than browsers, because an invalidation does not reach browsers.

    If CloudFront cannot reach S3, it sends an expired response even if the response was private or must not be stored,
    unless `stale-if-error=0` forbids this.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
    """
    directives = [text.strip() for text in _DIRECTIVE.findall(request.cache_control) if text.strip()]
    if any(_directive_name(directive) in ("private", "no-store") for directive in directives):
        kept = [directive for directive in directives if not _directive_name(directive).startswith("stale-")]
        return ", ".join([*kept, "stale-if-error=0"])
    if request.cache_control and not request.is_for_rendition:
        return request.cache_control
    return f"public, max-age={settings.browser_ttl}, s-maxage={settings.cdn_ttl}"


def cache_tags(request: Request) -> str:
    """Return the cache tags of a response. A stored rendition has its tags in its metadata."""
    if request.key.startswith(STORED_RENDITIONS_PREFIX) and request.stored_tags:
        return request.stored_tags
    pipeline_tags = [pipeline_tag(PIPELINE_VERSION)] if request.query else []
    return ",".join(tags(request.key) + pipeline_tags)


def picture_digest(request: Request, settings: Settings) -> str:
    """Return a digest, in hexadecimal digits, of everything but the original that decides the bytes of a response.

    `max_dimension` limits the size of a rendition. `max_pixels` decides at which scale a JPEG is decoded, and whether
    an animation is rendered. An original has an empty query and depends on no limit.
    """
    query, limits = "", ""
    if request.is_for_rendition:
        query, limits = request.query, f"{settings.max_dimension} {settings.max_pixels}"
    return hashlib.sha256(f"{query}\n{PIPELINE_VERSION}\n{limits}".encode()).hexdigest()


def _etag_header(request: Request, etag: str, settings: Settings) -> dict[str, str]:
    """Return an ETag that differs from all ETags of S3, or no header if S3 sent no ETag.

    The viewer function lets only such ETags pass, so S3 never confirms one. Otherwise S3 could respond with 304 to one
    viewer, and CloudFront could send this response without a body to other viewers who wait for the same picture. S3
    would also confirm an expired rendition that an older pipeline version made.
    """
    return {"etag": f'"{etag}-{picture_digest(request, settings)[:8]}"'} if etag else {}


def _directive_name(directive: str) -> str:
    return directive.partition("=")[0].strip().lower()
