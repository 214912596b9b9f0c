"""HTTP messages: the request of a viewer and the response to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A viewer's request, before or after the viewer function."""

    method: str
    uri: str
    """The path, percent-encoded."""
    query: str
    """The query string without `?`, percent-encoded."""
    headers: dict[str, str]
    """The values of the headers, by name in lower case."""
    ip: str
    """The IP address of the viewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response of S3, of a function, of CloudFront itself or of its API."""

    status: int
    headers: dict[str, str]
    """The values of the headers, by name in lower case."""
    body: bytes
