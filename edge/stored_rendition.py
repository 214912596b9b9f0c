"""The keys of stored renditions, and the Cache-Control of the redirects to stored renditions."""

import re
from collections.abc import Mapping
from typing import Final

from common.cache_tags import stored_prefix
from edge.cache_headers import picture_digest
from edge.event import Request
from edge.settings import Settings

_MAX_CDN_TTL: Final = 24 * 3600
"""The maximum number of seconds for which CloudFront may keep a stored rendition, or a redirect to it.

The bucket keeps the rendition for longer, so that no redirect leads to an expired rendition. After the bucket has
deleted the rendition, CloudFront serves it for at most this time, even if no invalidation reached CloudFront.
"""
_MAX_REDIRECT_TTL: Final = 60
"""The maximum number of seconds for which a browser may keep a redirect."""
_TTL: Final = re.compile(r'(?<![\w-])(max-age|s-maxage)(\s*=\s*"?)(\d+)', re.IGNORECASE | re.ASCII)


def stored_key(request: Request, etag: str, settings: Settings, content_type: str) -> str:
    """Return the key of a stored rendition. Two different pictures never have the same key.

    A new version of the original has another ETag and thus another key, so a stored rendition is never stale. `etag` is
    S3's ETag of the original. The viewer function accepts only letters, digits, dots and dashes in such a key.
    """
    version = re.sub(r"[^0-9A-Za-z-]", "", etag)
    digest = picture_digest(request, settings)[:16]
    return f"{stored_prefix(request.key)}{version}-{digest}.{content_type.removeprefix('image/')}"


def stored_cache_control(cache_control: str) -> str:
    """Return the Cache-Control of a stored rendition, from that of other renditions of the original."""
    return _shorten(cache_control, {"s-maxage": _MAX_CDN_TTL})


def redirect_cache_control(cache_control: str) -> str:
    """Return the Cache-Control of the redirect to a rendition whose Cache-Control is `cache_control`.

    The redirect has shorter lifetimes. If shared caches must not keep the rendition, they must not keep the redirect
    either.
    """
    return _shorten(cache_control, {"max-age": _MAX_REDIRECT_TTL, "s-maxage": _MAX_CDN_TTL})


def _shorten(cache_control: str, max_ttls: Mapping[str, int]) -> str:
    def shorten(match: re.Match[str]) -> str:
        name, equals_sign, seconds = match.groups()
        return f"{name}{equals_sign}{min(int(seconds), max_ttls.get(name.lower(), int(seconds)))}"

    return _TTL.sub(shorten, cache_control)
