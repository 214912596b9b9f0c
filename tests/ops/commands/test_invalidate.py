"""`python -m ops invalidate` with a CloudFront that refuses, is slow, or cannot be reached."""

import itertools
import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from common.cache_tags import folder_tag, key_tag
from common.retry import RetryPolicy
from ops.__main__ import main
from ops.commands import invalidate
from tests.support.aws_servers import (
    Call,
    ScriptedResponse,
    error_xml,
    invalidation_xml,
    scripted_server,
    sent_batch,
    start_interruptible,
    write_outputs,
)

Capture = pytest.CaptureFixture[str]
PREFIX = "python -m ops invalidate: "
SENT = "all invalidations were sent, and"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the delays instead of waiting."""
    pauses: list[float] = []
    monkeypatch.setattr(
        invalidate,
        "RetryPolicy",
        lambda **options: RetryPolicy(**({"max_attempts": 5} | options | {"sleep": pauses.append})),
    )
    return pauses


def respond_completed(call: Call) -> ScriptedResponse:
    return (201 if call.method == "POST" else 200), invalidation_xml("I1")


def test_keys_and_folders_are_sent_as_tags(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(respond_completed) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        status = main(["invalidate", "b.jpg", "cats/", "b.jpg", "--outputs", write_outputs(tmp_path)])

    assert status == 0
    assert server.calls[0].path == "/2020-05-31/distribution/E2QWRUHAPOMQZL/invalidation"
    assert sent_batch(server.calls[0])[1] == [f"#{key_tag('b.jpg')}", f"#{folder_tag('cats/')}"]
    result = capsys.readouterr()
    assert result.out == (
        "done: 2 paths or tags in 1 invalidation; "
        "billed as 2 paths: free within the first 1,000 paths of the account and month, otherwise 0.010 USD\n"
    )
    assert result.err == ""


def test_keys_before_and_after_options_are_read(tmp_path: Path, capsys: Capture) -> None:
    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path), "b.jpg", "--dry-run", "c.jpg"]) == 0

    assert re.findall(r"^(\w\.jpg) ", capsys.readouterr().out, re.MULTILINE) == ["a.jpg", "b.jpg", "c.jpg"]


def test_dry_run_shows_the_calls_without_sending_them(tmp_path: Path, capsys: Capture) -> None:
    # conftest.py sets an address of AWS at which no server listens.
    options = ["--outputs", write_outputs(tmp_path), "--dry-run", "--json", "--run", "r"]
    assert main(["invalidate", "cats/1.jpg", "cats/", *options]) == 0

    preview = json.loads(capsys.readouterr().out)
    call = preview["calls"][0]
    batch = call["InvalidationBatch"]
    assert (len(preview["calls"]), call["DistributionId"]) == (1, "E2QWRUHAPOMQZL")
    assert batch["Paths"] == {"Quantity": 2, "Items": [f"#{key_tag('cats/1.jpg')}", f"#{folder_tag('cats/')}"]}
    assert re.fullmatch(r"r-[0-9a-f]{32}", batch["CallerReference"])
    assert (preview["dry_run"], preview["paths"], preview["usd_at_most"]) == (True, 2, 0.01)


def test_run_sends_what_its_dry_run_showed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(200)))
    command = ["invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path), "--run", "r"]
    assert main([*command, "--dry-run", "--json"]) == 0
    planned = [call["InvalidationBatch"] for call in json.loads(capsys.readouterr().out)["calls"]]

    with scripted_server(respond_completed) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 0

    assert [sent_batch(call) for call in server.calls if call.method == "POST"] == [
        (batch["CallerReference"], batch["Paths"]["Items"]) for batch in planned
    ]


def test_throttled_calls_are_retried_with_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture, pauses: list[float]
) -> None:
    numbers = itertools.count()
    errors = [(400, "Throttling"), (503, "ServiceUnavailable"), (400, "TooManyInvalidationsInProgress")]

    def script(call: Call) -> ScriptedResponse:
        number = next(numbers)
        return (errors[number][0], error_xml(errors[number][1])) if number < 3 else respond_completed(call)

    with scripted_server(script) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 0

    assert len(pauses) == 3
    assert capsys.readouterr().err.count("CloudFront is throttling requests; retrying in ") == 3


REJECTIONS = [
    (400, "Throttling", "AWS throttles CreateInvalidation after several retries: try again"),
    (
        400,
        "TooManyInvalidationsInProgress",
        "CloudFront has too many invalidations in progress: watch them with status",
    ),
    (403, "AccessDenied", "AWS denies cloudfront:CreateInvalidation to these credentials: docs/operations.md lists"),
    (404, "NoSuchDistribution", "AWS does not find the distribution (You may not perform: cloudfront:CreateInvalid"),
    (403, "ExpiredToken", "the credentials have expired: sign in (aws sso login), or set AWS_PROFILE"),
    (403, "InvalidClientTokenId", "AWS does not accept these credentials ("),
    (400, "InvalidArgument", "AWS rejects CreateInvalidation with InvalidArgument ("),
    (500, "InternalError", "AWS rejects CreateInvalidation with InternalError (You may not perform: cloudfront:"),
]


@pytest.mark.parametrize(("status", "code", "message"), REJECTIONS)
def test_refused_invalidation_exits_with_1_and_a_message(
    status: int, code: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with scripted_server(
        lambda _: (status, error_xml(code, "You may not perform: cloudfront:CreateInvalidation"))
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 1

    captured = capsys.readouterr()
    last = captured.err.splitlines()[-1]
    assert last.startswith(PREFIX + message)
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_failed_run_continues_with_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(400)))
    command = ["invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path), "--no-wait"]
    numbers = itertools.count()

    with scripted_server(
        lambda call: respond_completed(call) if next(numbers) < 2 else (403, error_xml("AccessDenied"))
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 1
        first_batches = [sent_batch(call) for call in server.calls]
    advice = capsys.readouterr().err
    assert "; 2 of 3 invalidations were sent. To send only the others, repeat the command" in advice

    with scripted_server(respond_completed) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main([*command, *advice.split()[-2:]]) == 0

    assert [sent_batch(call) for call in server.calls] == first_batches


@pytest.mark.parametrize("when", ["sending", "waiting"])
def test_ctrl_c_exits_with_130_and_how_to_continue(when: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(160)))
    phase_started = threading.Event()

    def script(call: Call) -> ScriptedResponse:
        if (when == "waiting") == (call.method == "GET"):
            phase_started.set()
        return (201, invalidation_xml("I1", "InProgress"))

    with scripted_server(script) as server:
        command = [sys.executable, "-m", "ops", "invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path)]
        environment = os.environ | {"AWS_ENDPOINT_URL": server.url}
        process = start_interruptible(command, environment)
        assert phase_started.wait(30)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    if when == "sending":
        assert re.fullmatch(
            rf"{PREFIX}interrupted; 1 of 2 invalidations were sent. To send only the others, repeat the command "
            r"with --run \d{8}T\d{6}-[0-9a-f]{6}\n",
            err,
        )
    else:
        assert err == (f"{PREFIX}interrupted; {SENT} 2 of 2 are still in progress. The command status shows them\n")


def test_wait_that_expires_exits_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(lambda _: (201, invalidation_xml("I1", "InProgress"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "--all", "--wait", "30", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"{PREFIX}not completed after 30 s; {SENT} 1 of 1 are still in progress. The command status shows them\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to invalidate: give keys or folders, or a file with --from, or --all"),
        (["--all", "a.jpg"], "--all invalidates everything: do not combine it with keys, folders or --from"),
        (["https://example.com/a.jpg"], "is a URL"),
        (["--from", "/none/keys"], "/none/keys cannot be read: No such file or directory"),
        (["a.jpg"], "no stack is selected: add --stack NAME, --outputs FILE or --local"),
    ],
)
def test_wrong_command_line_exits_with_2_and_a_message(arguments: list[str], message: str, capsys: Capture) -> None:
    assert main(["invalidate", *arguments]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(PREFIX)
    assert message in captured.err


@pytest.mark.parametrize("run", ["", "a b", "x" * 65, "\u00fc"])
def test_invalid_run_name_is_refused(run: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["invalidate", "a.jpg", "--run", run])

    assert exit_info.value.code == 2
    assert "use 1 to 64 letters, digits, dots, underscores and dashes" in capsys.readouterr().err


def test_suspicious_keys_are_reported_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with scripted_server(respond_completed) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a%20b.jpg", "--outputs", write_outputs(tmp_path), "--json"]) == 0

    result = capsys.readouterr()
    assert result.err == (
        "a%20b.jpg is used unchanged: the command does not decode percent-encoding such as %20 in a key\n"
    )
    assert json.loads(result.out)["invalidations"] == [{"id": "I1", "paths": 1}]
