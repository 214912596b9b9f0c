"""The keys of stored renditions, and the Cache-Control of the redirects to stored renditions."""

import re
from typing import Final

from common.cache_tags import stored_prefix
from edge.cache_headers import picture_digest
from edge.event import Request
from edge.settings import Settings

_MAX_TTLS: Final = {"max-age": 60, "s-maxage": 24 * 3600}
"""The maximum number of seconds for which browsers and CloudFront may keep a redirect, by the name of the directive.

The bucket keeps the rendition for longer, so that no redirect leads to an expired rendition.
"""
_TTL: Final = re.compile(r'(?<![\w-])(max-age|s-maxage)(\s*=\s*"?)(\d+)', re.IGNORECASE | re.ASCII)


def stored_key(request: Request, etag: str, settings: Settings, content_type: str) -> str:
    """Return the key of a stored rendition. Two different pictures never have the same key.

    A new version of the original has another ETag and thus another key, so a stored rendition is never stale. `etag` is
    S3's ETag of the original. The viewer function accepts only letters, digits, dots and dashes in such a key.
    """
    version = re.sub(r"[^0-9A-Za-z-]", "", etag)
    digest = picture_digest(request, settings)[:16]
    return f"{stored_prefix(request.key)}{version}-{digest}.{content_type.removeprefix('image/')}"


def redirect_cache_control(cache_control: str) -> str:
    """Return the Cache-Control of the redirect to a rendition whose Cache-Control is `cache_control`.

    The redirect has shorter lifetimes. If shared caches must not keep the rendition, they must not keep the redirect
    either.
    """

    def shorten(match: re.Match[str]) -> str:
        name, equals_sign, seconds = match.groups()
        return f"{name}{equals_sign}{min(int(seconds), _MAX_TTLS[name.lower()])}"

    return _TTL.sub(shorten, cache_control)
