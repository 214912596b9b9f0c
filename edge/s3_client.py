"""Read originals from a bucket and write renditions to a bucket, over a connection that is reused between requests."""

import os
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from common.contract import encode_key
from edge.deadline import Deadline
from edge.errors import NoSuchOriginal, OriginalTooLarge, OriginFailed, Reason
from edge.http_client import HttpConnection, HttpResponse
from edge.sigv4 import signed_headers
from edge.tls import amazon_context

_TIMEOUT: Final = 4.0
"""The maximum number of seconds of each wait for S3. All waits together end at the deadline of the request."""
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
        scheme, _, endpoint = os.environ.get("AWS_ENDPOINT_URL_S3", "").rstrip("/").partition("://")
        self._prefix = f"/{name}" if endpoint else ""
        self._host = endpoint or f"{name}.s3.{region}.amazonaws.com"
        self._region = region
        tls = None if scheme == "http" else amazon_context()
        self._connection = HttpConnection(self._host, tls=tls, timeout=_TIMEOUT)

    def close(self) -> None:
        """Close the connection. The edge function keeps its connections open until the sandbox ends."""
        self._connection.close()

    def read(self, key: str, *, max_bytes: int, deadline: Deadline) -> Original:
        """Return the object with this key.

        Raises NoSuchOriginal if the object no longer exists, OriginalTooLarge if the object has more than `max_bytes`,
        and OriginFailed if S3 refuses the request, both attempts fail, or the deadline passes.
        """
        return self._with_retry(lambda: self._get(key, max_bytes, deadline), _READ_FAILED)

    def write(self, key: str, body: bytes, headers: Mapping[str, str], *, deadline: Deadline) -> None:
        """Store an object. S3 sends `headers` with every response for this object.

        Raises OriginFailed if S3 refuses the request, both attempts fail, or the deadline passes.
        """
        self._with_retry(lambda: self._put(key, body, headers, deadline), _WRITE_FAILED)

    def _with_retry(self, call: Callable[[], _Result], failure: str) -> _Result:
        """Return the result of `call`. After an OSError, repeat the call once on a new connection.

        Raises OriginFailed with the public sentence `failure` if the second attempt raises such an error too.
        """
        try:
            return call()
        except OSError as error:
            # A frequent cause is an idle connection that S3 has closed. The second attempt opens a new one.
            if isinstance(error, ssl.SSLCertVerificationError):
                self._connection.tls = ssl.create_default_context()  # It trusts all root certificates of the system.
        try:
            return call()
        except OSError as error:
            raise OriginFailed(failure, detail=repr(error)) from error

    def _get(self, key: str, max_bytes: int, deadline: Deadline) -> Original:
        response = self._send("GET", key, b"", {}, max_bytes, deadline)
        if response.status == 404:
            raise NoSuchOriginal("There is no original of this name.", detail=_explain(response))
        if response.status != 200:
            raise OriginFailed(_READ_FAILED, detail=_explain(response))
        if response.length is None or response.length > max_bytes:
            text, detail = f"The original has more than {max_bytes} bytes.", f"content-length: {response.length}"
            raise OriginalTooLarge(text, detail=detail, reason=Reason.TOO_MANY_BYTES)
        return Original(body=response.body, etag=response.headers.get("etag", "").strip('"'))

    def _put(self, key: str, body: bytes, headers: Mapping[str, str], deadline: Deadline) -> None:
        response = self._send("PUT", key, body, headers, _MAX_EXPLANATION, deadline)
        if response.status != 200:
            raise OriginFailed(_WRITE_FAILED, detail=_explain(response))

    def _send(
        self, method: str, key: str, body: bytes, headers: Mapping[str, str], max_bytes: int, deadline: Deadline
    ) -> HttpResponse:
        """Sign and send one request, and return the response. Raises OSError if its status is 500 or more."""
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
        response = self._connection.request(method, path, signed, body, max_bytes=max_bytes, deadline=deadline)
        if response.status >= 500:
            self._connection.close()  # A new connection probably reaches another server.
            raise OSError(_explain(response))
        return response


def _explain(response: HttpResponse) -> str:
    """Return the status and the text of a response that is not the expected one."""
    return f"S3 returned {response.status}: {response.body[:_MAX_EXPLANATION].decode(errors='replace')}"
