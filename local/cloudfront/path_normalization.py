"""Normalizes a path as CloudFront does before it selects the cache behavior.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#path-normalization
"""

import posixpath
import re
from typing import Final

_ENCODED_UNRESERVED: Final = re.compile(r"%(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DE]|5F|7E)", re.IGNORECASE)
"""The percent-encodings of letters, digits, `-`, `.`, `_` and `~` (RFC 3986, section 2.3)."""


def normalize_path(path: str, *, decodes_unreserved: bool) -> str:
    """Return the path without repeated slashes and without the segments `.` and `..`, as AWS documents.

    AWS refers to RFC 3986, section 6, but does not say whether CloudFront also decodes unreserved characters, such as
    `%2E`. `decodes_unreserved` selects this unconfirmed step.
    """
    if decodes_unreserved:
        path = _ENCODED_UNRESERVED.sub(lambda match: chr(int(match[1], 16)), path)
    normalized = posixpath.normpath("/" + path.lstrip("/"))
    is_folder = path.endswith(("/", "/.", "/..")) and normalized != "/"
    return f"{normalized}/" if is_folder else normalized
