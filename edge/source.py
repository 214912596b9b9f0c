"""The original's bytes, read from S3 over connections that outlive the request."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from edge.errors import NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.signing import encoded, signed_headers

_TIMEOUT: Final = 4.0
"""Seconds without a byte; twice that, once for the retry, stays within the function's own timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """As S3 holds it at this moment."""

    body: bytes
    etag: str
    """Without quotes."""


class Source:
    """One bucket. Not for threads: Lambda gives each of its sandboxes one request at a time."""

    def __init__(self, bucket: str, region: str) -> None:
        # As every AWS SDK does: the variable leads to another S3, which is then addressed by path.
        endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3", ""))
        self._prefix = f"/{bucket}" if endpoint.netloc else ""
        self._host = endpoint.netloc or f"{bucket}.s3.{region}.amazonaws.com"
        self._region = region
        connect = HTTPConnection if endpoint.scheme == "http" else HTTPSConnection
        self._connection = connect(self._host, timeout=_TIMEOUT)

    def close(self) -> None:
        """Gives the connection back; at the edge it lives as long as the sandbox."""
        self._connection.close()

    def read(self, key: str, *, max_bytes: int) -> Original:
        """OriginFailed after one retry, OriginalTooLarge beyond the limit, NoSuchOriginal if it went meanwhile."""
        try:
            return self._get(key, max_bytes)
        except (OSError, HTTPException):
            self._connection.close()  # a kept connection may have died: the next one is new
        try:
            return self._get(key, max_bytes)
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise OriginFailed("The original could not be read.", detail=repr(error)) from error

    def _get(self, key: str, max_bytes: int) -> Original:
        path = f"{self._prefix}/{encoded(key)}"
        now = datetime.now(UTC)
        headers = signed_headers(host=self._host, path=path, region=self._region, credentials=os.environ, now=now)
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        if response.status == 200:
            return Original(body=self._body(response, max_bytes), etag=response.getheader("etag", "").strip('"'))
        explanation = f"S3 answered {response.status}: {response.read(1000).decode(errors='replace')}"
        self._connection.close()
        if response.status >= 500:
            raise OSError(explanation)  # worth a retry
        if response.status == 404:
            raise NoSuchOriginal("There is no original of this name.", detail=explanation)
        raise OriginFailed("The original could not be read.", detail=explanation)

    def _body(self, response: HTTPResponse, max_bytes: int) -> bytes:
        if response.length is None or response.length > max_bytes:
            self._connection.close()
            detail = f"content-length: {response.length}"
            raise OriginalTooLarge(f"The original has more than {max_bytes} bytes.", detail=detail)
        return response.read()  # IncompleteRead, an HTTPException, if S3 breaks off
