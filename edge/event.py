"""CloudFront's dictionaries, read into a Request and written from a Response; nothing else knows their shape.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
"""

import base64
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

from common.contract import SETTINGS_HEADER, STORED_CACHE_TAG_HEADER

# Towards the viewer these would describe the original, not the body that replaces it.
_OF_THE_ORIGINAL = (
    "accept-ranges",
    "content-encoding",
    "content-length",
    "content-range",
    "etag",
    "last-modified",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One origin-response event: what was asked, and how S3 answered CloudFront."""

    id: str
    method: str
    key: str
    """Of the original, decoded."""
    query: str
    """Canonical; empty when the original itself is asked for."""
    settings: str
    """The custom header's value; empty when the origin has none."""
    status: int
    length: int
    """Bytes of the original; 0 if S3 does not say."""
    cache_control: str
    """The original's own, or empty."""
    stored_tags: str
    """What was stored with a rendition, or empty."""

    @classmethod
    def parse(cls, event: dict[str, Any]) -> Self:
        """KeyError where the event is not of the documented shape."""
        cf = event["Records"][0]["cf"]
        request, response = cf["request"], cf["response"]
        length = _header(response["headers"], "content-length")
        return cls(
            id=cf["config"]["requestId"],
            method=request["method"],
            key=unquote(request["uri"][1:], errors="replace"),
            query=request["querystring"],
            settings=_header(request["origin"]["s3"]["customHeaders"], SETTINGS_HEADER),
            status=int(response["status"]),
            length=int(length) if length.isdigit() else 0,
            cache_control=_header(response["headers"], "cache-control"),
            stored_tags=_header(response["headers"], STORED_CACHE_TAG_HEADER),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What changes in S3's answer. Without a body the original's goes out, whatever its size."""

    headers: dict[str, str] = field(default_factory=dict[str, str])
    status: int = 200
    title: str = "OK"
    body: bytes | None = None
    way: str = ""
    """How a rendition came to fit; for server-timing and the log."""
    detail: str = ""
    """Of what went wrong, for the log alone."""

    def onto(self, event: dict[str, Any]) -> dict[str, Any]:
        """S3's answer in the event, changed in place: a new one would lack the headers that may not be deleted."""
        cf = event["Records"][0]["cf"]
        response: dict[str, Any] = cf["response"]
        headers: dict[str, Any] = response["headers"]
        if self.body is not None:
            for name in [name for name in headers if name in _OF_THE_ORIGINAL or name.startswith("x-amz-")]:
                del headers[name]
            response.update(status=str(self.status), statusDescription=self.title)
            if cf["request"]["method"] != "HEAD":
                # No content-length: CloudFront counts the bytes it is given, and a wrong one would break the answer.
                response.update(body=base64.b64encode(self.body).decode(), bodyEncoding="base64")
            elif "transfer-encoding" not in headers:
                headers["content-length"] = [{"key": "Content-Length", "value": str(len(self.body))}]
        for name, value in self.headers.items():
            headers[name] = [{"key": name.title(), "value": value}]
        return response


def _header(headers: dict[str, Any], name: str) -> str:
    return headers[name][0]["value"] if headers.get(name) else ""
