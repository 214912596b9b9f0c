"""python -m local, as a person runs it."""

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


def test_it_says_where_it_is_serves_and_ends_all_it_started_on_ctrl_c(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("--images", str(ROOT / "samples"), "--port", "0", "--host", "127.0.0.1"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        said = ""
        while "create-invalidation" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        urls = re.findall(r"^  (http://\S+)$", said, re.MULTILINE)
        for url in urls:
            with urllib.request.urlopen(url, timeout=30) as reply:
                assert reply.status == 200
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert process.returncode == 0
    assert len(urls) >= 4
    assert children
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_what_it_started_ends_even_if_it_is_killed(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with subprocess.Popen(
        command("--images", str(tmp_path / "images"), "--port", "0"), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        while "Ctrl-C" not in process.stdout.readline():
            assert process.poll() is None
        children = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)

    gone, alive = psutil.wait_procs(children, timeout=10)
    assert gone
    assert not alive


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stack", "prdo"), "there is no stack 'prdo'; known: dev, prod, staging"),
        (("--images", "nowhere"), "there is no folder nowhere"),
        (("--host", "256.1.1.1"), "choose another with --port or --host"),
    ],
)
def test_a_mistake_ends_with_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_busy_port_ends_with_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = subprocess.run(
            command("--host", "127.0.0.1", "--port", port),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert re.search(rf"127.0.0.1:{port} cannot be used .*: choose another with --port", done.stderr)
