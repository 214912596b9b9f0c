"""Run the programs that build a bundle: uv and Python."""

import subprocess


class ToolError(Exception):
    """A program could not be started, or returned an error status. The message is the output of the program."""


def run_tool(*command: str, stdin: str = "") -> str:
    """Run the program with `stdin` as its input, and return its output.

    Raises ToolError if the program cannot be started or returns an error status.
    """
    try:
        # The arguments are constants and paths of this project, and no shell parses them.
        result = subprocess.run(command, input=stdin, check=False, capture_output=True, text=True)  # noqa: S603
    except OSError as error:
        raise ToolError(str(error)) from error
    if result.returncode:
        raise ToolError((result.stderr or result.stdout).strip())
    return result.stdout
