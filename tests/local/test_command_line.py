"""Test the command `python -m local` in its own process."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import urllib.error
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


def started(process: "subprocess.Popen[str]") -> str:
    """Return what an engine has printed when it is ready."""
    assert process.stdout is not None
    output = ""
    while "Each request is logged" not in output:
        line = process.stdout.readline()
        assert line, output
        output += line
    return output


def stop(process: "subprocess.Popen[str]") -> str:
    """Press Ctrl-C, and return the rest of the output."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=20)[0]


def test_second_engine_of_a_stack_has_its_own_environment_file(tmp_path: Path) -> None:
    options = command("--images", str(tmp_path), "--port", "0")
    with (
        subprocess.Popen(options, stdout=subprocess.PIPE, text=True, cwd=ROOT) as first,
        subprocess.Popen(options, stdout=subprocess.PIPE, text=True, cwd=ROOT) as second,
    ):
        files = [
            Path(ROOT, re.findall(r"^  \. (\S+)$", started(process), re.MULTILINE)[0]) for process in (first, second)
        ]
        texts = [file.read_text() for file in files]
        for process in (first, second):
            stop(process)

    assert files[0] != files[1]
    assert texts[0] != texts[1]
    for text in texts:
        assert re.search(r"^export AWS_DEFAULT_REGION=eu-central-1$", text, re.MULTILINE)
    assert not [file for file in files if file.exists() or file.with_suffix(".json").exists()]


def test_requests_are_logged_as_json_lines_in_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    with subprocess.Popen(
        command("--images", str(tmp_path), "--port", "0"), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        url = re.findall(r"http://localhost:\d+", started(process))[0]
        with urllib.request.urlopen(f"{url}/notes.txt?widht=5", timeout=30) as response:
            assert response.read() == b"text"
        with urllib.request.urlopen(f"{url}/notes.txt?q=5", timeout=30) as response:
            assert response.read() == b"text"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/notes.txt?width=0", timeout=30)
        output = stop(process)

    lines = output.splitlines()
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    requests = [fields for fields in objects if "result" in fields]
    function_lines = [fields for fields in objects if "outcome" in fields]
    assert len(requests) + len(function_lines) == len(objects)
    assert [(line["outcome"], line["key"]) for line in function_lines] == [("passed", "notes.txt")]
    assert [(request["result"], request["status"], request["path"]) for request in requests] == [
        ("miss", 200, "/notes.txt?widht=5"),
        ("hit", 200, "/notes.txt?q=5"),
        ("refused", 400, "/notes.txt?width=0"),
    ]
    assert requests[0]["bytes"] == 4
    assert "unknown parameter 'widht' has no effect; did you mean width?" in lines
    assert lines[-1] == "stopped"
    assert process.returncode == 0


def test_requests_are_logged_as_text_in_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    terminal, engine_side = pty.openpty()
    process = subprocess.Popen(command("--images", str(tmp_path), "--port", "0"), stdout=engine_side, cwd=ROOT)
    os.close(engine_side)
    output = ""
    with os.fdopen(terminal, "rb", buffering=0) as stream:
        while "Each request is logged" not in output:
            output += stream.read(4096).decode()
        url = re.findall(r"http://localhost:\d+", output)[0]
        with urllib.request.urlopen(f"{url}/notes.txt", timeout=30) as response:
            assert response.status == 200
        process.send_signal(signal.SIGINT)
        while "stopped" not in output:
            output += stream.read(4096).decode()
        process.wait(20)

    assert process.returncode == 0
    assert re.search(r"^edge +passed +4 +[\d.]+ ms +notes.txt\r$", output, re.MULTILINE)
    assert re.search(r"^miss +GET +200 +4 bytes +[\d.]+ ms +/notes.txt\r$", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "prdo"), "there is no stack 'prdo': the existing stacks are dev, prod, staging"),
        (("--images", "nowhere"), "there is no folder nowhere"),
        (("--host", "256.1.1.1"), "choose another with --port or --host"),
        (("--port", "80000"), "a port is a number from 0 to 65535"),
    ],
    ids=["stack", "images", "host", "port"],
)
def test_invalid_option_ends_with_a_message_of_one_line(arguments: tuple[str, ...], message: str) -> None:
    completed = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)

    assert completed.returncode == 1
    assert message in completed.stderr
    assert completed.stderr.count("\n") == 1


def test_missing_runtime_client_ends_with_a_message_of_one_line() -> None:
    without_client = "import sys; sys.modules['awslambdaric'] = None; from local.__main__ import main; sys.exit(main())"
    completed = subprocess.run(
        [sys.executable, "-c", without_client, "--port", "0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=120,
    )

    assert completed.returncode == 1
    assert "run `make setup` on Linux (x86-64 or arm64)" in completed.stderr
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
    assert re.search(rf"127.0.0.1:{port} cannot be used .*: choose another with --port .*PORT=", completed.stderr)
