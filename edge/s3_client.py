"""One bucket of S3, over a connection that outlives the request: originals are read, or renditions written."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final, TypeVar
from urllib.parse import urlsplit

from common.contract import encode_key
from edge.errors import NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.sigv4 import signed_headers

_TIMEOUT: Final = 4.0
"""Seconds without a byte; twice that, once for the retry, stays within the function's own timeout."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """As S3 holds it at this moment."""

    body: bytes
    etag: str
    """Without quotes."""


class Bucket:
    """Not for threads: Lambda gives each of its sandboxes one request at a time."""

    def __init__(self, name: str, region: str) -> None:
        # As every AWS SDK does: the variable leads to another S3, which is then addressed by path.
        endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3", ""))
        self._prefix = f"/{name}" if endpoint.netloc else ""
        self._host = endpoint.netloc or f"{name}.s3.{region}.amazonaws.com"
        self._region = region
        connect = HTTPConnection if endpoint.scheme == "http" else HTTPSConnection
        self._connection = connect(self._host, timeout=_TIMEOUT)

    def close(self) -> None:
        """Gives the connection back; at the edge it lives as long as the sandbox."""
        self._connection.close()

    def read(self, key: str, *, max_bytes: int) -> Original:
        """OriginFailed after one retry, OriginalTooLarge beyond the limit, NoSuchOriginal if it went meanwhile."""
        return self._twice(lambda: self._get(key, max_bytes), "The original could not be read.")

    def write(self, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        """`headers` are kept with the object, and come back when it is read. OriginFailed after one retry."""
        self._twice(lambda: self._put(key, body, headers), "The rendition could not be stored.")

    def _twice(self, call: Callable[[], Result], failure: str) -> Result:
        try:
            return call()
        except (OSError, HTTPException):
            self._connection.close()  # a kept connection may have died: the next one is new
        try:
            return call()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise OriginFailed(failure, detail=repr(error)) from error

    def _get(self, key: str, max_bytes: int) -> Original:
        response = self._sent("GET", key, b"", {})
        if response.status == 200:
            return Original(body=self._body(response, max_bytes), etag=response.getheader("etag", "").strip('"'))
        explanation = self._explanation(response)
        if response.status == 404:
            raise NoSuchOriginal("There is no original of this name.", detail=explanation)
        raise OriginFailed("The original could not be read.", detail=explanation)

    def _put(self, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        response = self._sent("PUT", key, body, headers)
        if response.status != 200:
            raise OriginFailed("The rendition could not be stored.", detail=self._explanation(response))
        response.read()

    def _sent(self, method: str, key: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        path = f"{self._prefix}/{encode_key(key)}"
        signed = signed_headers(
            method=method,
            host=self._host,
            path=path,
            region=self._region,
            body=body,
            headers=headers,
            credentials=os.environ,
            now=datetime.now(UTC),
        )
        self._connection.request(method, path, headers=signed, body=body or None)
        return self._connection.getresponse()

    def _explanation(self, response: HTTPResponse) -> str:
        """Why S3 refused. OSError, which is worth a retry, where it failed."""
        explanation = f"S3 answered {response.status}: {response.read(1000).decode(errors='replace')}"
        self._connection.close()
        if response.status >= 500:
            raise OSError(explanation)
        return explanation

    def _body(self, response: HTTPResponse, max_bytes: int) -> bytes:
        if response.length is None or response.length > max_bytes:
            self._connection.close()
            detail = f"content-length: {response.length}"
            raise OriginalTooLarge(f"The original has more than {max_bytes} bytes.", detail=detail)
        return response.read()  # IncompleteRead, an HTTPException, if S3 breaks off
