"""Warns about unknown parameters whose names resemble known ones: CloudFront ignores them without an error."""

import difflib
from collections.abc import Callable
from typing import Final

from common.contract import CANONICAL_PARAMETERS

_KNOWN: Final = (*CANONICAL_PARAMETERS, "dpr")
_SIMILARITY: Final = 0.6
"""The smallest ratio of difflib at which two names resemble each other; `widht` and `width` have 0.8."""
_MAX_LENGTH: Final = 20
"""The number of characters above which no name resembles a known one."""


class ParameterNames:
    """The names of query parameters that were seen so far. It reports each misspelt name once."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._reported: set[str] = set()

    def check(self, query: str) -> None:
        """Report the names in a query that are unknown and resemble a known name."""
        for pair in query.split("&"):
            name = pair.partition("=")[0].lower()
            similar = similar_names(name)
            if similar and name not in self._reported:
                self._reported.add(name)
                self._report(f"unknown parameter {name!r} has no effect; did you mean {' or '.join(similar)}?")


def similar_names(name: str) -> list[str]:
    """Return the known names that a name abbreviates, otherwise the known name that is most similar to it.

    Returns an empty list for a known name, and for a name that resembles none, such as `utm_source`.
    """
    if not name or name in _KNOWN or len(name) > _MAX_LENGTH:
        return []
    abbreviated = [known for known in _KNOWN if known.startswith(name)]
    return abbreviated or difflib.get_close_matches(name, _KNOWN, n=1, cutoff=_SIMILARITY)
