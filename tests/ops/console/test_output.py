"""Tables, progress bars and notes on a terminal and in a pipe."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ops.console import output
from tests.support.aws_servers import invalidation_xml, scripted_server, write_outputs
from tests.support.served_stack import ROOT


def run_on_a_terminal(command: list[str], environment: dict[str, str]) -> tuple[bytes, bytes]:
    """Return the standard output, which is a pipe, and the standard error, which is a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdin=slave, stdout=subprocess.PIPE, stderr=slave
    )
    os.close(slave)
    terminal_output = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # Linux raises EIO when the other end is closed
            break
        if not part:
            break
        terminal_output += part
    os.close(master)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0, terminal_output
    return out, terminal_output


def test_progress_is_on_the_terminal_and_only_the_result_in_the_pipe(tmp_path: Path) -> None:
    with scripted_server(lambda _: (201, invalidation_xml("I1"))) as server:
        command = [sys.executable, "-m", "ops", "invalidate", " a.jpg", "--outputs", write_outputs(tmp_path)]
        out, terminal_output = run_on_a_terminal(command, {"AWS_ENDPOINT_URL": server.url, "TERM": "xterm-256color"})

    assert out == b"prod: invalidated 1 path or tag; id I1; at most 0.005 USD\n"
    assert b"\x1b" not in out
    assert b"waiting for CloudFront" in terminal_output
    assert b"1/1" in terminal_output
    assert b"starts or ends with white space" in terminal_output


def test_table_in_a_file_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("key", "n"), [("k" * 300, "1"), ("\u732b[bold]", "22")], right=(1,))

    head, first, second = capsys.readouterr().out.splitlines()
    assert (head.split(), first) == (["key", "n"], f"{'k' * 300}   1")
    assert second.startswith("\u732b[bold] ")
    assert second.endswith(" 22")


def test_control_characters_are_escaped() -> None:
    assert output.escape_control_characters("a\x1b[31mb\rc\u202ed\u00e9\n") == "a\\x1b[31mb\\rc\\u202ed\u00e9\n"
