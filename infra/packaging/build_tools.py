"""The programs that the bundle is built with."""

import subprocess


class ToolError(Exception):
    """A program could not be run, or failed; carries what it said."""


def run(*command: str, given: str = "") -> str:
    """What the program prints when it is given that text; ToolError if it fails."""
    try:
        # Words of our own, and no shell.
        done = subprocess.run(command, input=given, check=False, capture_output=True, text=True)  # noqa: S603
    except OSError as error:
        raise ToolError(str(error)) from error
    if done.returncode:
        raise ToolError((done.stderr or done.stdout).strip())
    return done.stdout
