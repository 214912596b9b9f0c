"""Read a Request from CloudFront's origin-response event, and write a Response into the event.

No other module depends on the structure of the event.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
"""

import base64
import re
from binascii import unhexlify
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from common.contract import SETTINGS_HEADER, STORED_CACHE_TAG_HEADER, STORED_RENDITIONS_PREFIX
from edge.outcome import Adjustment, Outcome

_HEADERS_OF_EVERY_BODY: Final = ("date", "server", "transfer-encoding", "via")
"""The headers from S3 that stay when the body is replaced. All others describe the original or its object.

A function must not delete `transfer-encoding` and `via`.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
"""


class Request(NamedTuple):
    """The data of one origin-response event: the request to S3, and S3's response to CloudFront."""

    id: str
    method: str
    key: str
    """The key of the original, decoded."""
    query: str
    """The canonical query; empty if the original itself is requested."""
    settings: str
    """The value of the origin custom header; empty if the origin does not have the header."""
    status: int
    """The HTTP status of S3's response."""
    length: int
    """The number of bytes of the original; 0 if S3 does not send a content-length."""
    etag: str
    """S3's ETag of the original, without quotation marks; empty if S3 does not send it."""
    cache_control: str
    """The Cache-Control of the original; empty if the original has none."""
    stored_tags: str
    """The cache tags in the metadata of a stored rendition; empty for other objects."""

    @classmethod
    def parse(cls, event: dict[str, Any]) -> Self:
        """Return the request of an event. Raises KeyError if the event has no path or no status.

        All other parts have defaults. The origin is `s3` for an S3 REST endpoint, and `custom` for other servers.
        """
        cf = event["Records"][0]["cf"]
        request, response = cf["request"], cf["response"]
        origin = request.get("origin") or {}
        server = origin.get("s3") or origin.get("custom") or {}
        headers = response.get("headers") or {}
        length = _header_value(headers, "content-length")
        return cls(
            id=(cf.get("config") or {}).get("requestId", ""),
            method=request.get("method", "GET"),
            key=_decode_path(request["uri"][1:]),
            query=request.get("querystring", ""),
            settings=_header_value(server.get("customHeaders") or {}, SETTINGS_HEADER),
            status=int(response["status"]),
            length=int(length) if length.isdecimal() else 0,
            etag=_header_value(headers, "etag").strip('"'),
            cache_control=_header_value(headers, "cache-control"),
            stored_tags=_header_value(headers, STORED_CACHE_TAG_HEADER),
        )

    @property
    def is_for_rendition(self) -> bool:
        """Whether the viewer requested a rendition, and neither an original nor a stored rendition."""
        return bool(self.query) and not self.key.startswith(STORED_RENDITIONS_PREFIX)


class Response(NamedTuple):
    """The changes to S3's response. If `body` is None, CloudFront sends the body from S3, which can have any size."""

    headers: dict[str, str]
    """The headers to add or to replace."""
    status: int = 200
    title: str = "OK"
    body: bytes | None = None
    outcome: Outcome = Outcome.PASSED
    adjustment: Adjustment | None = None
    """How the rendition differs from the requested one; None if there is no rendition."""
    quality: int | None = None
    """The quality of the rendition; None if there is no rendition, or if the rendition is lossless."""
    timings: Mapping[str, float] = MappingProxyType({})
    """The milliseconds of each phase."""
    log_fields: Mapping[str, object] = MappingProxyType({})
    """Fields of the log line that not every response has, such as the cause of an error. Viewers never see them."""

    def apply_to(self, event: dict[str, Any]) -> dict[str, Any]:
        """Change S3's response in the event, and return this response.

        A new response would not have the read-only headers, which a function must not delete. S3's own headers
        (`x-amz-*`) describe how S3 stores the object, and the metadata of the uploader: no response has them.
        An event without a response of S3 has no read-only headers, so the response is then a new one.
        """
        try:
            cf: dict[str, Any] = event["Records"][0]["cf"]
        except (KeyError, IndexError, TypeError):
            cf = {}
        response = _mapping(cf, "response")
        headers = response["headers"] = _mapping(response, "headers")
        for name in list(headers):
            if name.startswith("x-amz-") or (self.body is not None and name not in _HEADERS_OF_EVERY_BODY):
                del headers[name]
        if self.body is not None:
            # CloudFront sets the content-length itself. A wrong value from this function would break the response.
            response.update(status=str(self.status), statusDescription=self.title)
            if _mapping(cf, "request").get("method") != "HEAD":
                response.update(body=base64.b64encode(self.body).decode(), bodyEncoding="base64")
        for name, value in self.headers.items():
            headers[name] = [{"key": name.title(), "value": value}]
        return response


def read_request_id(event: Any) -> str:
    """Return CloudFront's id of the request, also if no other part of the event can be read; empty if there is none."""
    try:
        return str(event["Records"][0]["cf"]["config"]["requestId"])
    except (KeyError, IndexError, TypeError):
        return ""


def _decode_path(path: str) -> str:
    """Return the key of a path. Bytes that are not UTF-8 become the replacement character U+FFFD.

    Importing `urllib.parse`, which does the same, would add 3 ms to every cold start.
    """
    encoded_byte = rb"%([0-9A-Fa-f]{2})"
    return re.sub(encoded_byte, lambda match: unhexlify(match[1]), path.encode()).decode(errors="replace")


def _mapping(parent: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of the event, or an empty mapping if the event has no such part."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _header_value(headers: dict[str, Any], name: str) -> str:
    return ", ".join(header.get("value", "") for header in headers.get(name) or ())
