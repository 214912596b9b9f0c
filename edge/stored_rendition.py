"""What is too large for one answer of Lambda@Edge goes to the renditions bucket, and the viewer after it."""

import hashlib
import re
from typing import Final

from common.contract import STORED_RENDITIONS_PREFIX

_AT_BROWSERS: Final = 60
_AT_CLOUDFRONT: Final = 24 * 3600
"""Seconds, for which a redirect may be kept. The bucket keeps what it leads to for longer."""


def stored_key(key: str, etag: str, query: str, version: str, content_type: str) -> str:
    """Never the same for two pictures: a new original has another ETag, so nothing that is stored can be stale."""
    digest = hashlib.sha256(f"{key}\n{query}\n{version}".encode()).hexdigest()[:16]
    return f"{STORED_RENDITIONS_PREFIX}{etag}-{digest}.{content_type.removeprefix('image/')}"


def redirect_lifetime(cache_control: str) -> str:
    """Of the redirect to a rendition whose own is `cache_control`: shorter, and never shared where that is not."""
    words = cache_control.lower()
    if re.search(r"\b(no-store|no-cache|private)\b", words):
        return cache_control
    seconds = {name: int(number) for name, number in re.findall(r"\b(s-maxage|max-age)\s*=\s*\"?(\d+)", words)}
    browsers = seconds.get("max-age", _AT_BROWSERS)
    shared = seconds.get("s-maxage", seconds.get("max-age", _AT_CLOUDFRONT))
    return f"public, max-age={min(browsers, _AT_BROWSERS)}, s-maxage={min(shared, _AT_CLOUDFRONT)}"
