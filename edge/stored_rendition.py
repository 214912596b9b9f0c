"""The keys of stored renditions, and the Cache-Control of the redirects to stored renditions."""

import hashlib
import re
from typing import Final

from common.contract import STORED_RENDITIONS_PREFIX

_MAX_BROWSER_TTL: Final = 60
"""The maximum number of seconds for which a browser may keep a redirect."""
_MAX_CDN_TTL: Final = 24 * 3600
"""The maximum number of seconds for which CloudFront may keep a redirect. The bucket keeps the rendition for longer."""


def stored_key(key: str, etag: str, query: str, version: str, content_type: str) -> str:
    """Return the key of a stored rendition. Two different pictures never have the same key.

    A new version of the original has another ETag and thus another key, so a stored rendition is never stale.
    """
    digest = hashlib.sha256(f"{key}\n{query}\n{version}".encode()).hexdigest()[:16]
    return f"{STORED_RENDITIONS_PREFIX}{etag}-{digest}.{content_type.removeprefix('image/')}"


def redirect_cache_control(cache_control: str) -> str:
    """Return the Cache-Control of the redirect to a rendition whose Cache-Control is `cache_control`.

    The TTL of the redirect is at most the TTL of the rendition. If shared caches must not keep the rendition, they must
    not keep the redirect either.
    """
    directives = cache_control.lower()
    if re.search(r"\b(no-store|no-cache|private)\b", directives):
        return cache_control
    seconds = {name: int(number) for name, number in re.findall(r"\b(s-maxage|max-age)\s*=\s*\"?(\d+)", directives)}
    browser_ttl = seconds.get("max-age", _MAX_BROWSER_TTL)
    cdn_ttl = seconds.get("s-maxage", seconds.get("max-age", _MAX_CDN_TTL))
    return f"public, max-age={min(browser_ttl, _MAX_BROWSER_TTL)}, s-maxage={min(cdn_ttl, _MAX_CDN_TTL)}"
