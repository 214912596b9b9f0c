"""Requests for the usual sizes of changed originals, so that viewers do not wait for the first render of a size."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from common.contract import encode_key
from refresh.settings import Settings

_CONCURRENCY: Final = 4
_TIMEOUT: Final = 15
"""The number of seconds without a byte after which a request ends with an error."""


def warm_renditions(settings: Settings, keys: Iterable[str], has_time: Callable[[], bool]) -> list[int | None]:
    """Request each of `warm_widths` of each key. Return the HTTP statuses.

    The status is 0 if there was no response, and None if the request was skipped because `has_time` returned False.
    Failed requests are not retried, because a size that is not cached is rendered on the first request of a viewer.
    """

    def send_if_time(request: urllib.request.Request) -> int | None:
        return _send(request) if has_time() else None

    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        return list(pool.map(send_if_time, _requests(settings, keys)))


def _requests(settings: Settings, keys: Iterable[str]) -> Iterator[urllib.request.Request]:
    for key in keys:
        for width in settings.warm_widths:
            # Send one request for each format, with the Accept header of a browser that supports the format, and one
            # request that accepts none of the formats by name.
            for accept in (*(f"image/{name},*/*" for name in settings.formats), "*/*"):
                url = f"{settings.url}/{encode_key(key)}?width={width}"
                yield urllib.request.Request(url, headers={"accept": accept, "user-agent": "refresh"})  # noqa: S310


def _send(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  # The stack sets the URL.
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0
