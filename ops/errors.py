"""What ends a command, each with its exit status and one sentence for whoever typed it.

OpsError              a base, never raised itself
 +-- Failed       1   the command is not done: AWS refused, or is not there
 +-- Usage        2   nothing was done: the command line is wrong
 +-- Interrupted  130 somebody pressed Ctrl-C; the sentence says how to go on
"""

from typing import ClassVar

BUG = 3
"""The exit status of everything that is none of these."""


class OpsError(Exception):
    """The message is a sentence that says what to do; no traceback is ever shown for it."""

    status: ClassVar[int]


class Failed(OpsError):
    """Not done, or not wholly."""

    status = 1


class Usage(OpsError):
    """Found before anything was asked of anybody."""

    status = 2


class Interrupted(OpsError):
    """What was sent until then stays sent."""

    status = 130
