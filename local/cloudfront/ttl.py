"""How long CloudFront keeps an answer: the cache policy, Cache-Control, and the rules for errors.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

_ALWAYS_CACHED = {404, 414, 500, 501, 502, 503, 504}
_CACHED_IF_TOLD = {400, 403, 405, 412, 415}
_ERROR_TTL = 10  # seconds, where the distribution says nothing of the code


def lifetime(status: int, headers: Mapping[str, str], policy: Mapping[str, Any], errors: Mapping[int, int]) -> float:
    """Seconds; 0 is not kept. `policy` has minTtl, defaultTtl and maxTtl; `errors` the declared minimum per code."""
    told = _told(headers)
    if status in _ALWAYS_CACHED or (status in _CACHED_IF_TOLD and told is not None):
        return max(errors.get(status, _ERROR_TTL), told or 0)
    if status not in (200, 301, 302, 307, 308):
        return 0
    least, most = policy.get("minTtl", 0), policy.get("maxTtl", 31_536_000)
    if re.search(r"no-store|no-cache|private", headers.get("cache-control", "")):
        return least
    default = policy.get("defaultTtl", 86_400)
    return max(least, default) if told is None else min(max(told, least), most)


def _told(headers: Mapping[str, str]) -> float | None:
    """What the answer itself says: s-maxage before max-age before Expires."""
    control = headers.get("cache-control", "")
    for directive in ("s-maxage", "max-age"):
        if found := re.search(rf"(?<![\w-]){directive}=(\d+)", control):
            return float(found[1])
    try:
        return max(0, parsedate_to_datetime(headers["expires"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None
