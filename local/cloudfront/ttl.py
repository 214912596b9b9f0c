"""Computes how long CloudFront caches a response, from the cache policy, the response and the rules for errors.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

_SUCCESSES: Final = {200, 301, 302, 307, 308}
_ERRORS_ALWAYS_CACHED: Final = {404, 414, 500, 501, 502, 503, 504}
_ERRORS_CACHED_WITH_HEADER: Final = {400, 403, 405, 412, 415}
"""The errors that CloudFront caches only if the response has a TTL in its headers."""
_DEFAULT_ERROR_TTL: Final = 10
"""The TTL in seconds of an error for which the distribution declares no TTL."""


def response_ttl(
    status: int, headers: Mapping[str, str], policy: Mapping[str, Any], error_ttls: Mapping[int, int]
) -> float:
    """Return the TTL in seconds; 0 means that the response is not cached.

    `policy` is the cache policy, with minTtl, defaultTtl and maxTtl. `error_ttls` contains the distribution's minimum
    TTL by status.
    """
    header_ttl = _header_ttl(headers)
    if status in _ERRORS_ALWAYS_CACHED or (status in _ERRORS_CACHED_WITH_HEADER and header_ttl is not None):
        return max(error_ttls.get(status, _DEFAULT_ERROR_TTL), header_ttl or 0)
    if status not in _SUCCESSES:
        return 0
    min_ttl, max_ttl = policy.get("minTtl", 0), policy.get("maxTtl", 31_536_000)
    if re.search(r"no-store|no-cache|private", headers.get("cache-control", ""), re.IGNORECASE):
        return min_ttl
    if header_ttl is None:
        return max(min_ttl, policy.get("defaultTtl", 86_400))
    return min(max(header_ttl, min_ttl), max_ttl)


def stale_ttl(status: int, headers: Mapping[str, str], policy: Mapping[str, Any]) -> float:
    """Return for how many seconds after its TTL a response replaces an error of the origin; 0 for an error.

    CloudFront keeps the response in spite of `private`, `no-store` and `no-cache`. Only `stale-if-error` limits the
    time.
    """
    if status not in _SUCCESSES:
        return 0
    max_ttl = policy.get("maxTtl", 31_536_000)
    match = re.search(r"(?<![\w-])stale-if-error=(\d+)", headers.get("cache-control", "").lower())
    return min(float(match[1]), max_ttl) if match else max_ttl


def _header_ttl(headers: Mapping[str, str]) -> float | None:
    """Return the TTL in seconds of s-maxage, otherwise of max-age, otherwise of Expires, or None without all three."""
    cache_control = headers.get("cache-control", "")
    for directive in ("s-maxage", "max-age"):
        if match := re.search(rf"(?<![\w-]){directive}=(\d+)", cache_control, re.IGNORECASE):
            return float(match[1])
    try:
        return max(0, parsedate_to_datetime(headers["expires"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None
