"""Test the command `python -m local` in its own process."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.support.served_stack import ROOT


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local", *arguments]


def test_engine_prints_urls_serves_them_and_ends_all_processes_on_ctrl_c(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("--images", str(ROOT / "samples"), "--port", "0", "--host", "127.0.0.1"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        output = ""
        while "create-invalidation" not in output:
            line = process.stdout.readline()
            assert line, output
            output += line
        urls = re.findall(r"^  (http://\S+)$", output, re.MULTILINE)
        for url in urls:
            with urllib.request.urlopen(url, timeout=30) as response:
                assert response.status == 200
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert process.returncode == 0
    assert len(urls) >= 4
    assert children
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_all_processes_end_when_the_engine_is_killed(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with subprocess.Popen(
        command("--images", str(tmp_path / "images"), "--port", "0"), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        while "Ctrl-C" not in process.stdout.readline():
            assert process.poll() is None
        children = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)

    ended, alive = psutil.wait_procs(children, timeout=10)
    assert ended
    assert not alive


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "prdo"), "there is no stack 'prdo': the existing stacks are dev, prod, staging"),
        (("--images", "nowhere"), "there is no folder nowhere"),
        (("--host", "256.1.1.1"), "choose another with --port or --host"),
    ],
    ids=["stack", "images", "host"],
)
def test_invalid_option_ends_with_a_message_of_one_line(arguments: tuple[str, ...], message: str) -> None:
    completed = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)

    assert completed.returncode == 1
    assert message in completed.stderr
    assert completed.stderr.count("\n") == 1


def test_busy_port_ends_with_a_message_of_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        completed = subprocess.run(
            command("--host", "127.0.0.1", "--port", port),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=120,
        )

    assert completed.returncode == 1
    assert re.search(rf"127.0.0.1:{port} cannot be used .*: choose another with --port", completed.stderr)
