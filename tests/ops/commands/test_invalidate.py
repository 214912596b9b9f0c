"""python -m ops invalidate, beside a CloudFront that refuses, is slow, or is not there."""

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

Said = pytest.CaptureFixture[str]
PREFIX = "python -m ops invalidate: "


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses are noted, not made."""
    pauses: list[float] = []
    monkeypatch.setattr(
        invalidate,
        "RetryPolicy",
        lambda **given: RetryPolicy(**({"max_attempts": 5} | given | {"sleep": pauses.append})),
    )
    return pauses


def done(call: Call) -> ScriptedResponse:
    return (201 if call.method == "POST" else 200), invalidation_xml("I1")


def test_keys_and_folders_are_sent_as_tags(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said) -> None:
    with scripted_server(done) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        status = main(["invalidate", "b.jpg", "cats/", "b.jpg", "--outputs", write_outputs(tmp_path)])

    assert status == 0
    assert server.calls[0].path == "/2020-05-31/distribution/E2QWRUHAPOMQZL/invalidation"
    assert sent_batch(server.calls[0])[1] == [f"#{key_tag('b.jpg')}", f"#{folder_tag('cats/')}"]
    said = capsys.readouterr()
    assert said.out == (
        "done: 2 paths or tags in 1 invalidation; "
        "bills 2 paths: free among the account's first 1,000 of a month, else 0.010 USD\n"
    )
    assert said.err == ""


def test_names_may_stand_on_both_sides_of_options(tmp_path: Path, capsys: Said) -> None:
    assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path), "b.jpg", "--dry-run", "c.jpg"]) == 0

    assert re.findall(r"^(\w\.jpg) ", capsys.readouterr().out, re.MULTILINE) == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_dry_run_asks_nobody_and_shows_what_would_be_sent(tmp_path: Path, capsys: Said) -> None:
    # Nobody listens where conftest.py has put AWS.
    options = ["--outputs", write_outputs(tmp_path), "--dry-run", "--json", "--run", "r"]
    assert main(["invalidate", "cats/1.jpg", "cats/", *options]) == 0

    shown = json.loads(capsys.readouterr().out)
    call = shown["calls"][0]
    batch = call["InvalidationBatch"]
    assert (len(shown["calls"]), call["DistributionId"]) == (1, "E2QWRUHAPOMQZL")
    assert batch["Paths"] == {"Quantity": 2, "Items": [f"#{key_tag('cats/1.jpg')}", f"#{folder_tag('cats/')}"]}
    assert re.fullmatch(r"r-[0-9a-f]{32}", batch["CallerReference"])
    assert (shown["dry_run"], shown["paths"], shown["usd_at_most"]) == (True, 2, 0.01)


def test_what_is_sent_is_what_the_dry_run_of_the_same_run_showed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(200)))
    command = ["invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path), "--run", "r"]
    assert main([*command, "--dry-run", "--json"]) == 0
    shown = [call["InvalidationBatch"] for call in json.loads(capsys.readouterr().out)["calls"]]

    with scripted_server(done) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 0

    assert [sent_batch(call) for call in server.calls if call.method == "POST"] == [
        (batch["CallerReference"], batch["Paths"]["Items"]) for batch in shown
    ]


def test_throttling_is_waited_out_and_mentioned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said, hasty: list[float]
) -> None:
    numbers = itertools.count()
    refused = [(400, "Throttling"), (503, "ServiceUnavailable"), (400, "TooManyInvalidationsInProgress")]

    def script(call: Call) -> ScriptedResponse:
        number = next(numbers)
        return (refused[number][0], error_xml(refused[number][1])) if number < 3 else done(call)

    with scripted_server(script) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 0

    assert len(hasty) == 3
    assert capsys.readouterr().err.count("CloudFront is throttling requests; retrying in ") == 3


REFUSED = [
    (400, "Throttling", "AWS still asks for fewer calls of CreateInvalidation after several tries: try again"),
    (400, "TooManyInvalidationsInProgress", "CloudFront has too many invalidations in progress: see them with status"),
    (403, "AccessDenied", "AWS denies cloudfront:CreateInvalidation to these credentials: docs/operations.md has"),
    (404, "NoSuchDistribution", "AWS does not know the distribution (You may not perform: cloudfront:CreateInvalid"),
    (403, "ExpiredToken", "the credentials have expired: sign in (aws sso login), or set AWS_PROFILE"),
    (403, "InvalidClientTokenId", "AWS does not know these credentials ("),
    (400, "InvalidArgument", "AWS refuses CreateInvalidation with InvalidArgument ("),
    (500, "InternalError", "AWS refuses CreateInvalidation with InternalError (You may not perform: cloudfront:"),
]


@pytest.mark.parametrize(("status", "code", "said"), REFUSED)
def test_what_cloudfront_refuses_for_good_ends_with_1_and_one_sentence(
    status: int, code: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with scripted_server(
        lambda _: (status, error_xml(code, "You may not perform: cloudfront:CreateInvalidation"))
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path)]) == 1

    shown = capsys.readouterr()
    last = shown.err.splitlines()[-1]
    assert last.startswith(PREFIX + said)
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_after_a_failure_in_between_the_same_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(400)))
    command = ["invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path), "--no-wait"]
    numbers = itertools.count()

    with scripted_server(lambda call: done(call) if next(numbers) < 2 else (403, error_xml("AccessDenied"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 1
        first = [sent_batch(call) for call in server.calls]
    advice = capsys.readouterr().err
    assert "; 2 of 3 invalidations were sent: to go on, and pay none of them twice, repeat the command" in advice

    with scripted_server(done) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main([*command, *advice.split()[-2:]]) == 0

    assert [sent_batch(call) for call in server.calls] == first


@pytest.mark.parametrize("when", ["sending", "waiting"])
def test_ctrl_c_ends_with_130_and_how_to_go_on(when: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(160)))
    reached = threading.Event()

    def script(call: Call) -> ScriptedResponse:
        if (when == "waiting") == (call.method == "GET"):
            reached.set()
        return (201, invalidation_xml("I1", "InProgress"))

    with scripted_server(script) as server:
        command = [sys.executable, "-m", "ops", "invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path)]
        environment = os.environ | {"AWS_ENDPOINT_URL": server.url}
        process = start_interruptible(command, environment)
        assert reached.wait(30)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    if when == "sending":
        assert re.fullmatch(
            rf"{PREFIX}interrupted; 1 of 2 invalidations were sent: to go on, and pay none of them twice, "
            r"repeat the command with --run \d{8}T\d{6}-[0-9a-f]{6}\n",
            err,
        )
    else:
        assert err == (
            f"{PREFIX}interrupted; all is sent, CloudFront goes on by itself with 2 of 2: status shows them\n"
        )


def test_an_invalidation_that_takes_too_long_is_left_to_cloudfront(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with scripted_server(lambda _: (201, invalidation_xml("I1", "InProgress"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "--all", "--wait", "30", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"{PREFIX}not done after 30 s; all is sent, CloudFront goes on by itself with 1 of 1: status shows them\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to invalidate: name keys or folders, or a file with --from, or --all"),
        (["--all", "a.jpg"], "--all drops everything: name nothing beside it"),
        (["https://example.com/a.jpg"], "is a URL"),
        (["--from", "/none/keys"], "/none/keys cannot be read: No such file or directory"),
        (["a.jpg"], "which stack? name one: --stack NAME, --outputs FILE or --local"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_what_is_wrong(arguments: list[str], said: str, capsys: Said) -> None:
    assert main(["invalidate", *arguments]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(PREFIX)
    assert said in shown.err


@pytest.mark.parametrize("run", ["", "a b", "x" * 65, "\u00fc"])
def test_a_run_that_could_not_be_a_reference_is_refused(run: str, capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invalidate", "a.jpg", "--run", run])

    assert ended.value.code == 2
    assert "letters, digits, dots and dashes" in capsys.readouterr().err


def test_doubtful_names_are_mentioned_beside_the_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with scripted_server(done) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "a%20b.jpg", "--outputs", write_outputs(tmp_path), "--json"]) == 0

    said = capsys.readouterr()
    assert said.err == "a%20b.jpg is taken as it is written: in a key, %20 is no space\n"
    assert json.loads(said.out)["invalidations"] == [{"id": "I1", "paths": 1}]
