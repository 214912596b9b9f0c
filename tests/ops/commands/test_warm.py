"""`python -m ops warm` with slow, missing and healthy distributions."""

import json
import os
import re
import signal
import sys
import threading
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.aws.warmup_client import RenditionRequest
from tests.support.aws_servers import Call, ScriptedResponse, scripted_server, start_interruptible, write_outputs
from tests.support.concurrent_calls import ConcurrentCalls

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_concurrent_requests_are_limited(concurrency: int, tmp_path: Path, capsys: Capture) -> None:
    calls = ConcurrentCalls(concurrency)
    with scripted_server(calls) as server:
        command = ["warm", "a.jpg", "--widths", "1,2,3,4,5,6,7,8,9", "--at-once", str(concurrency), "--json"]
        assert main([*command, "--outputs", write_outputs(tmp_path, url=server.url)]) == 0

    assert calls.maximum == concurrency
    assert [row["query"] for row in json.loads(capsys.readouterr().out)] == [f"width={width}" for width in range(1, 10)]


def test_table_shows_status_bytes_time_and_cache(tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(lambda _: (200, "picture")) as server:
        command = ["warm", "cats/1.jpg", "--widths", "320", "--formats", "webp,avif"]
        assert main([*command, "--outputs", write_outputs(tmp_path, url=server.url)]) == 0

    captured = capsys.readouterr()
    head, *rows = captured.out.splitlines()
    assert head.split() == ["key", "query", "status", "bytes", "ms", "cache"]
    assert re.fullmatch(r"cats/1.jpg  format=webp&width=320     200      7 +\d+  miss", rows[0])
    assert rows[-1] == "2 requested: 0 hits, 2 misses, 0 failed; 14 bytes"
    assert {call.path for call in server.calls} == {
        "/cats/1.jpg?format=webp&width=320",
        "/cats/1.jpg?format=avif&width=320",
    }
    assert captured.err == (
        "The images are now in the caches of the edge location that responded and of Origin Shield, "
        "which receives the cache misses of all edge locations.\n"
    )


def test_note_without_origin_shield_names_only_the_edge_location(tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(lambda _: (200, "picture")) as server:
        outputs = write_outputs(tmp_path, url=server.url, origin_shield_region="")
        assert main(["warm", "a.jpg", "--widths", "1", "--outputs", outputs]) == 0

    assert capsys.readouterr().err.endswith("the edge location that responded. The stack has no Origin Shield.\n")


def test_failed_requests_do_not_end_with_warm_caches(tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(lambda _: (404, json.dumps({"detail": "No such key."}))) as server:
        assert main(["warm", "a.jpg", "--widths", "1", "--outputs", write_outputs(tmp_path, url=server.url)]) == 1

    captured = capsys.readouterr()
    assert captured.out.endswith("1 requested: 0 hits, 0 misses, 1 failed; 0 bytes\nfailed: 404 No such key.\n")
    assert captured.err == ""


def test_stack_that_cannot_be_reached_is_explained_in_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    assert main(["warm", "a.jpg", "--widths", "1", "--outputs", write_outputs(tmp_path, url="http://127.0.0.1:9")]) == 1

    out = capsys.readouterr().out
    assert re.search(r"^a.jpg  width=1    none      0 +\d+  error$", out, re.MULTILINE)
    assert out.endswith("failed: 127.0.0.1:9 cannot be reached: check that the local engine (make run) is running\n")


def test_bug_in_a_thread_exits_with_3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    monkeypatch.setattr(RenditionRequest, "target", property(lambda _: 1 / 0))

    assert main(["warm", "a.jpg", "--widths", "1,2", "--outputs", write_outputs(tmp_path)]) == 3
    assert "this is a bug" in capsys.readouterr().err


def test_ctrl_c_does_not_wait_for_a_slow_render(tmp_path: Path) -> None:
    requested, end = threading.Event(), threading.Event()

    def script(_: Call) -> ScriptedResponse:
        requested.set()
        end.wait(120)
        return 200, ""

    with scripted_server(script) as server:
        file = write_outputs(tmp_path, url=server.url)
        command = [sys.executable, "-m", "ops", "warm", "a.jpg", "--widths", "1,2", "--outputs", file]
        process = start_interruptible(command, os.environ)
        assert requested.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        end.set()

    assert (process.returncode, out) == (130, "")
    assert err == (
        "python -m ops warm: interrupted; 0 of 2 renditions were requested. Repeat the command to continue: "
        "it requests all renditions again, and the cached renditions take little time\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.jpg", "--widths", "0"], "0 is not a whole number from 1 to 100000"),
        (["a.jpg", "--widths", "320,"], "is not a whole number"),
        (["a.jpg", "--widths", "320", "--formats", "gif"], "'gif' is not one of 'auto', 'original', 'jpeg', 'png'"),
        (["a.jpg", "--widths", "320", "--at-once", "100"], "100 is not a whole number from 1 to 32"),
        (["a.jpg"], "Missing option '--widths'"),
    ],
)
def test_invalid_option_is_refused(arguments: list[str], message: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["warm", *arguments, "--local"])

    assert exit_info.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "nothing to warm: give keys"), (["cats/"], "cats/ is a folder: give the keys of the originals")],
)
def test_folder_or_missing_key_is_refused(arguments: list[str], message: str, capsys: Capture) -> None:
    assert main(["warm", *arguments, "--widths", "1", "--local"]) == 2
    assert message in capsys.readouterr().err
