"""Asks for the usual sizes of what has changed, so that no viewer is the first."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from common.contract import encode_key
from refresh.settings import Settings

_AT_ONCE: Final = 4
_SECONDS: Final = 15


def warm(settings: Settings, keys: Iterable[str], logger: Any, has_time: Callable[[], bool]) -> None:
    """Whatever comes of it, and as long as there is time: what is not made now is made when somebody asks."""

    def asked(request: urllib.request.Request) -> int | None:
        return _status(request) if has_time() else None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        statuses = list(pool.map(asked, _requests(settings, keys)))
    logger.info("warmed", extra={"keys": [*keys], "statuses": statuses, "left_out": statuses.count(None)})


def _requests(settings: Settings, keys: Iterable[str]) -> Iterator[urllib.request.Request]:
    for key in keys:
        for width in settings.warm_widths:
            # As a browser that takes the format would ask, and as one that takes none of them.
            for accept in (*(f"image/{name},*/*" for name in settings.formats), "*/*"):
                url = f"{settings.url}/{encode_key(key)}?width={width}"
                yield urllib.request.Request(url, headers={"accept": accept, "user-agent": "refresh"})  # noqa: S310


def _status(request: urllib.request.Request) -> int:
    """Zero where there was no answer."""
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310  # the stack's own URL
            reply.read()
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0
