"""Run the programs that build a bundle: uv and Python."""

import subprocess


class ToolError(Exception):
    """A program could not be started, or it failed. The message is the system's error or the program's output."""


def run_tool(*command: str, stdin: str = "") -> str:
    """Run a program with `stdin` as its input and return its output; raise ToolError if the program fails."""
    try:
        # The arguments are constants and paths of this project, and no shell parses them.
        result = subprocess.run(command, input=stdin, check=False, capture_output=True, text=True)  # noqa: S603
    except OSError as error:
        raise ToolError(str(error)) from error
    if result.returncode:
        raise ToolError((result.stderr or result.stdout).strip())
    return result.stdout
