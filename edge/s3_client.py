"""Read originals from a bucket and write renditions to a bucket, over a connection that is reused between requests."""

import os
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from common.contract import encode_key
from edge.errors import NoSuchOriginal, OriginalTooLarge, OriginFailed
from edge.sigv4 import signed_headers

_TIMEOUT: Final = 4.0
"""The number of seconds without a byte after which an attempt ends.

Two such attempts take less time than the timeout of the function.
"""
_MAX_EXPLANATION: Final = 1000
"""The maximum number of bytes of an error response that the edge function logs."""
_READ_FAILED: Final = "The original could not be read."
_WRITE_FAILED: Final = "The rendition could not be stored."

_Result = TypeVar("_Result")


class Original(NamedTuple):
    """The current version of an original in S3."""

    body: bytes
    etag: str
    """The ETag, without quotation marks."""


class Bucket:
    """A client of one bucket. The client is not thread-safe: Lambda gives each sandbox one request at a time."""

    def __init__(self, name: str, region: str) -> None:
        # Every AWS SDK reads the URL of another S3 server from this variable. In a request to such a server, the path
        # begins with the name of the bucket.
        endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3", ""))
        self._prefix = f"/{name}" if endpoint.netloc else ""
        self._host = endpoint.netloc or f"{name}.s3.{region}.amazonaws.com"
        self._region = region
        connection_class = HTTPConnection if endpoint.scheme == "http" else HTTPSConnection
        self._connection = connection_class(self._host, timeout=_TIMEOUT)

    def close(self) -> None:
        """Close the connection. The edge function keeps its connections open until the sandbox ends."""
        self._connection.close()

    def read(self, key: str, *, max_bytes: int) -> Original:
        """Return the object with this key.

        Raises NoSuchOriginal if the object no longer exists, OriginalTooLarge if the object has more than `max_bytes`,
        and OriginFailed if S3 refuses the request or both attempts fail.
        """
        return self._with_retry(lambda: self._get(key, max_bytes), _READ_FAILED)

    def write(self, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Store an object. S3 sends `headers` with every response for this object.

        Raises OriginFailed if S3 refuses the request or both attempts fail.
        """
        self._with_retry(lambda: self._put(key, body, headers), _WRITE_FAILED)

    def _with_retry(self, call: Callable[[], _Result], failure: str) -> _Result:
        """Return the result of `call`. After an OSError or HTTPException, repeat the call once on a new connection.

        Raises OriginFailed with the public sentence `failure` if the second attempt raises such an error too.
        """
        try:
            return call()
        except (OSError, HTTPException):
            self._connection.close()  # S3 may have closed the idle connection. http.client opens a new connection.
        try:
            return call()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise OriginFailed(failure, detail=repr(error)) from error

    def _send(self, method: str, key: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Sign and send one request. Return the response with its body unread."""
        path = f"{self._prefix}/{encode_key(key)}"
        signed = signed_headers(
            method=method,
            host=self._host,
            path=path,
            region=self._region,
            body=body,
            headers=headers,
            credentials=os.environ,
            now=time.time(),
        )
        self._connection.request(method, path, headers=signed, body=body or None)
        return self._connection.getresponse()

    def _get(self, key: str, max_bytes: int) -> Original:
        response = self._send("GET", key, b"", {})
        if response.status == 200:
            return Original(body=self._read_body(response, max_bytes), etag=response.getheader("etag", "").strip('"'))
        explanation = self._explain_refusal(response)
        if response.status == 404:
            raise NoSuchOriginal("There is no original of this name.", detail=explanation)
        raise OriginFailed(_READ_FAILED, detail=explanation)

    def _put(self, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        response = self._send("PUT", key, body, headers)
        if response.status != 200:
            raise OriginFailed(_WRITE_FAILED, detail=self._explain_refusal(response))
        response.read()

    def _read_body(self, response: HTTPResponse, max_bytes: int) -> bytes:
        """Return the body. Raises OriginalTooLarge if the body has more than `max_bytes` or an unknown length.

        If S3 closes the connection early, `response.read` raises IncompleteRead, which is an HTTPException.
        """
        if response.length is None or response.length > max_bytes:
            self._connection.close()
            detail = f"content-length: {response.length}"
            raise OriginalTooLarge(f"The original has more than {max_bytes} bytes.", detail=detail)
        return response.read()

    def _explain_refusal(self, response: HTTPResponse) -> str:
        """Return the status and the text of a refusal.

        Raises OSError if the status is 500 or more, so that `_with_retry` repeats the call.
        """
        explanation = f"S3 returned {response.status}: {response.read(_MAX_EXPLANATION).decode(errors='replace')}"
        self._connection.close()
        if response.status >= 500:
            raise OSError(explanation)
        return explanation
