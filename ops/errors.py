"""Exceptions that end a command, each with its exit status.

OpsError              the base class, which is never raised itself
 +-- Failed       1   the command did not complete, because AWS refused a call or did not respond
 +-- Usage        2   the command line is wrong, and nothing was done
 +-- Interrupted  130 the operator pressed Ctrl-C; the message says how to continue
"""

from typing import ClassVar, Final

BUG: Final = 3
"""The exit status of every other exception."""


class OpsError(Exception):
    """An error whose message tells the operator what to do. It is printed without a traceback."""

    status: ClassVar[int]
    """The exit status."""


class Failed(OpsError):
    """The command did not complete, or completed only in part."""

    status = 1


class Usage(OpsError):
    """The command line is wrong. Raised before any request to AWS."""

    status = 2


class Interrupted(OpsError):
    """The operator pressed Ctrl-C. Requests that were already sent keep their effect."""

    status = 130
