"""Exceptions that end a command, each with its exit status.

OpsError              the base class, which no code raises directly
 +-- Failed       1   the command did not complete, for example because AWS denied a request
 +-- Usage        2   the command line is wrong, and nothing was done
 +-- Interrupted  130 the operator pressed Ctrl-C; the message says how to continue
"""

from typing import ClassVar, Final

BUG: Final = 3
"""The exit status for any other exception."""


class OpsError(Exception):
    """An error whose message tells the operator what to do. The error is printed without a traceback."""

    status: ClassVar[int]
    """The exit status."""


class Failed(OpsError):
    """The command did not complete, or completed only in part."""

    status = 1


class Usage(OpsError):
    """The command line is wrong. The command has sent no request to AWS."""

    status = 2


class Interrupted(OpsError):
    """The operator pressed Ctrl-C. The effects of earlier requests remain."""

    status = 130
