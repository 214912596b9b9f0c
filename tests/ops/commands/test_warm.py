"""python -m ops warm, beside a distribution that is slow, or is none."""

import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.aws import warmup_client
from tests.support.aws_servers import Call, ScriptedResponse, scripted_server, start_interruptible, write_outputs

Said = pytest.CaptureFixture[str]


class Slow:
    """Takes its time, and counts how many wait for it."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, _: Call) -> ScriptedResponse:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.05)
        with self.lock:
            self.now -= 1
        return 200, "picture"


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_than_so_many_are_asked_at_once(at_once: int, tmp_path: Path, capsys: Said) -> None:
    slow = Slow()
    with scripted_server(slow) as server:
        command = ["warm", "a.jpg", "--widths", "1,2,3,4,5,6,7,8,9", "--at-once", str(at_once), "--json"]
        assert main([*command, "--outputs", write_outputs(tmp_path, url=server.url)]) == 0

    assert slow.most == at_once
    assert [row["query"] for row in json.loads(capsys.readouterr().out)] == [f"width={width}" for width in range(1, 10)]


def test_the_table_has_status_bytes_time_and_cache(tmp_path: Path, capsys: Said) -> None:
    with scripted_server(lambda _: (200, "picture")) as server:
        command = ["warm", "cats/1.jpg", "--widths", "320", "--formats", "webp,avif"]
        assert main([*command, "--outputs", write_outputs(tmp_path, url=server.url)]) == 0

    said = capsys.readouterr()
    head, *rows = said.out.splitlines()
    assert head.split() == ["key", "query", "status", "bytes", "ms", "cache"]
    assert re.fullmatch(r"cats/1.jpg  format=webp&width=320     200      7 +\d+  miss", rows[0])
    assert rows[-1] == "2 asked: 0 hits, 2 misses, 0 failed; 14 bytes"
    assert {call.path for call in server.calls} == {
        "/cats/1.jpg?format=webp&width=320",
        "/cats/1.jpg?format=avif&width=320",
    }
    assert said.err.startswith("warm now: the edge location that answered here")


def test_a_distribution_that_nobody_reaches_is_in_the_table(tmp_path: Path, capsys: Said) -> None:
    assert main(["warm", "a.jpg", "--widths", "1", "--outputs", write_outputs(tmp_path, url="http://127.0.0.1:9")]) == 1

    out = capsys.readouterr().out
    assert re.search(r"^a.jpg  width=1    none      0 +\d+  error$", out, re.MULTILINE)
    assert "failed: http://127.0.0.1:9 [Errno 111] Connection refused" in out


def test_a_bug_in_a_thread_ends_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said) -> None:
    monkeypatch.setattr(warmup_client, "_get", lambda _: 1 / 0)

    assert main(["warm", "a.jpg", "--widths", "1,2", "--outputs", write_outputs(tmp_path)]) == 3
    assert "this is a bug" in capsys.readouterr().err


def test_ctrl_c_does_not_wait_for_a_slow_render(tmp_path: Path) -> None:
    asked, end = threading.Event(), threading.Event()

    def script(_: Call) -> ScriptedResponse:
        asked.set()
        end.wait(20)
        return 200, ""

    with scripted_server(script) as server:
        file = write_outputs(tmp_path, url=server.url)
        command = [sys.executable, "-m", "ops", "warm", "a.jpg", "--widths", "1,2", "--outputs", file]
        process = start_interruptible(command, os.environ)
        assert asked.wait(30)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        end.set()

    assert (process.returncode, out) == (130, "")
    assert err == (
        "python -m ops warm: interrupted; 0 of 2 sizes were asked for: "
        "repeat the command, what was rendered is quick now\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.jpg", "--widths", "0"], "0 is not a whole number from 1 to 100000"),
        (["a.jpg", "--widths", "320,"], "is not a whole number"),
        (["a.jpg", "--widths", "320", "--formats", "gif"], "gif is no format: choose of auto, original, jpeg, png"),
        (["a.jpg", "--widths", "320", "--at-once", "100"], "100 is not a whole number from 1 to 32"),
        (["a.jpg"], "the following arguments are required: --widths"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(arguments: list[str], said: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["warm", *arguments, "--local"])

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "nothing to warm: name keys"), (["cats/"], "cats/ is a folder: name the originals")]
)
def test_a_folder_or_nothing_cannot_be_warmed(arguments: list[str], said: str, capsys: Said) -> None:
    assert main(["warm", *arguments, "--widths", "1", "--local"]) == 2
    assert said in capsys.readouterr().err
