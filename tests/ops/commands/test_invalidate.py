"""`python -m ops invalidate` with a CloudFront that refuses, is slow, or cannot be reached."""

import io
import itertools
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.cache_tags import folder_tag, key_tag
from common.retry import RetryPolicy
from ops.__main__ import main
from ops.commands import invalidate
from tests.support.aws_servers import (
    XMLNS,
    Call,
    Moto,
    ScriptedResponse,
    ScriptedServer,
    error_xml,
    invalidation_xml,
    scripted_server,
    sent_batch,
    start_interruptible,
    write_outputs,
)

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass
class Bucket:
    """The bucket of the originals, the server between the command and the bucket, and a file with the outputs."""

    server: ScriptedServer
    outputs: str

    @property
    def sent(self) -> list[tuple[str, list[str]]]:
        """The caller references and the items of the invalidations that CloudFront received."""
        return [sent_batch(call) for call in self.server.calls if call.method == "POST"]


PREFIX = "python -m ops invalidate: "
SENT = "all invalidations were sent, and"
UNCHECKED = "the keys were not checked: the stack has no output originals_bucket\n"
"""The note for the outputs of `write_outputs`, which do not contain a bucket."""


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
    assert result.out == "prod: invalidated 2 paths or tags; id I1; at most 0.01 USD\n"
    assert result.err == UNCHECKED


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

    assert [sent_batch(call) for call in server.calls if call.method == "POST"] == first_batches


@pytest.mark.parametrize("when", ["sending", "waiting"])
def test_ctrl_c_exits_with_130_and_how_to_continue(when: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"{number}.jpg" for number in range(160)))
    interrupted_call, end = threading.Event(), threading.Event()
    methods: list[str] = []

    def script(call: Call) -> ScriptedResponse:
        methods.append(call.method)
        if call.method == "GET" or (when == "sending" and methods == ["POST", "POST"]):
            interrupted_call.set()
            end.wait(60)
        return (201, invalidation_xml("I1", "InProgress"))

    with scripted_server(script) as server:
        command = [sys.executable, "-m", "ops", "invalidate", "--from", str(keys), "--outputs", write_outputs(tmp_path)]
        environment = os.environ | {"AWS_ENDPOINT_URL": server.url}
        process = start_interruptible(command, environment)
        assert interrupted_call.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        end.set()

    assert (process.returncode, out) == (130, "")
    if when == "sending":
        assert re.fullmatch(
            rf"{UNCHECKED}{PREFIX}interrupted; 1 of 2 invalidations were sent. To send only the others, repeat the "
            r"command with --run \d{8}T\d{6}-[0-9a-f]{6}\n",
            err,
        )
    else:
        assert err == (
            f"{UNCHECKED}{PREFIX}interrupted; {SENT} 2 of 2 are still in progress. The command status shows them\n"
        )


def test_wait_that_expires_exits_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    with scripted_server(lambda _: (201, invalidation_xml("I1", "InProgress"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["invalidate", "--all", "--yes", "--wait", "30", "--outputs", write_outputs(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"{PREFIX}not completed after 30 s; {SENT} 1 of 1 are still in progress. The command status shows them\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to invalidate: give keys or folders, or a file with --from, or --all"),
        (["--all", "a.jpg"], "--all invalidates everything: do not combine it with keys, folders or --from"),
        (["https://example.com/a.jpg"], "is an address: write the key a.jpg, or add --literal"),
        (["*"], "* contains a wildcard: to invalidate everything, use invalidate --all, or add --literal"),
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


@pytest.fixture
def bucket(moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    """A bucket in moto's S3, and a CloudFront that accepts every invalidation."""
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="originals", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    for key in ("people/1.jpg", "people.jpg", "a*b.jpg", "gone.jpg"):
        s3.put_object(Bucket="originals", Key=key, Body=b"")
    s3.delete_object(Bucket="originals", Key="gone.jpg")

    def respond(call: Call) -> ScriptedResponse:
        return respond_completed(call) if call.path.startswith("/2020-05-31/") else None

    with scripted_server(respond, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield Bucket(server, write_outputs(tmp_path, originals_bucket="originals"))


UNKNOWN = [
    ("people", "warning: people is a folder in the bucket, not an original: write people/ with a slash"),
    ("people.jpg/", "people.jpg is an original in the bucket, not a folder: write people.jpg without a slash"),
    ("people/2.jpg", "the bucket has no original people/2.jpg, and no earlier version: check the spelling"),
    ("poeple/", "the bucket has no original below poeple/, and no earlier version: check the spelling"),
]


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--json"]], ids=" ".join)
@pytest.mark.parametrize(("name", "warning"), UNKNOWN)
def test_name_that_the_bucket_never_had_is_a_warning(
    name: str, warning: str, options: list[str], bucket: Bucket, capsys: Capture
) -> None:
    assert main(["invalidate", "people.jpg", name, "--outputs", bucket.outputs, *options]) == 0

    err = capsys.readouterr().err
    assert err.endswith(f"{warning}\n")
    assert err.count("warning: ") == 1
    assert len(bucket.sent) == (0 if "--dry-run" in options else 1)


@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=" ".join)
def test_name_that_the_bucket_never_had_is_an_error_with_strict(
    options: list[str], bucket: Bucket, capsys: Capture
) -> None:
    assert main(["invalidate", "people.jpg", "people", "--strict", "--outputs", bucket.outputs, *options]) == 1

    captured = capsys.readouterr()
    assert captured.err == (
        f"{UNKNOWN[0][1]}\n{PREFIX}the bucket does not have 1 of 2 keys and folders: nothing was sent\n"
    )
    assert (captured.out, bucket.sent) == ("", [])


def test_names_of_the_bucket_and_deleted_originals_are_no_warning(bucket: Bucket, capsys: Capture) -> None:
    command = ["invalidate", "people.jpg", "people/", "gone.jpg", "a*b.jpg", "--literal", "--strict"]
    assert main([*command, "--outputs", bucket.outputs]) == 0

    assert capsys.readouterr() == ("prod: invalidated 4 paths or tags; id I1; at most 0.02 USD\n", "")


def test_warnings_of_many_names_are_limited(bucket: Bucket, tmp_path: Path, capsys: Capture) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(f"none/{number}.jpg" for number in range(40)))

    assert main(["invalidate", "--from", str(keys), "--outputs", bucket.outputs]) == 0

    *warnings, last = capsys.readouterr().err.splitlines()
    assert (len(warnings), last) == (10, "warning: 30 more keys and folders are not in the bucket, and never were")


@pytest.mark.parametrize("name", ["images.example.com/people.jpg", "originals/people.jpg"])
def test_key_with_the_host_or_bucket_of_the_stack_is_refused(name: str, bucket: Bucket, capsys: Capture) -> None:
    assert main(["invalidate", name, "--outputs", bucket.outputs]) == 2

    assert capsys.readouterr().err.endswith("is no folder: write the key people.jpg, or add --literal\n")
    assert bucket.sent == []


def test_unreadable_bucket_stops_only_a_strict_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    def script(call: Call) -> ScriptedResponse:
        denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        return respond_completed(call) if call.path.startswith("/2020-05-31/") else (403, denied)

    command = ["invalidate", "a.jpg", "--outputs", write_outputs(tmp_path, originals_bucket="originals")]
    note = "the keys were not checked: AWS denies ListObjectVersions"
    with scripted_server(script) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 0
        assert capsys.readouterr().err.startswith(note)

        assert main([*command, "--strict"]) == 1
        assert capsys.readouterr().err.startswith(PREFIX + note)


def test_white_space_in_a_key_is_reported_also_by_a_dry_run(bucket: Bucket, capsys: Capture) -> None:
    assert main(["invalidate", " a.jpg", "--dry-run", "--outputs", bucket.outputs]) == 0

    assert capsys.readouterr().err.startswith("warning: ' a.jpg' starts or ends with white space")


def list_xml(*ids: str, created: str = "2026-11-20T10:00:00Z") -> str:
    """Return CloudFront's response to ListInvalidations."""
    items = "".join(
        f"<InvalidationSummary><Id>{id_}</Id><CreateTime>{created}</CreateTime><Status>Completed</Status>"
        "</InvalidationSummary>"
        for id_ in ids
    )
    return (
        f'<InvalidationList xmlns="{XMLNS}"><Marker/><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>'
        f"<Quantity>{len(ids)}</Quantity><Items>{items}</Items></InvalidationList>"
    )


@pytest.mark.parametrize(
    ("listed", "paths", "text"),
    [
        (list_xml(), (2, 0), ["prod: invalidated 2 paths or tags; id I1; at most 0.01 USD"]),
        (list_xml("I0"), (2, 0), ["prod: invalidated 2 paths or tags; id I1; at most 0.01 USD"]),
        (
            list_xml("I2", "I1"),
            (0, 2),
            [
                "the run r sent 2 paths or tags before: neither repeated nor billed again",
                "to invalidate the same once more, repeat the command without --run",
                "prod: nothing new was invalidated; id I1; 0 USD",
            ],
        ),
        (
            list_xml("I9", created="2026-11-20T11:00:00Z"),
            (0, 2),
            [
                "the run r sent 2 paths or tags before: neither repeated nor billed again",
                "to invalidate the same once more, repeat the command without --run",
                "prod: nothing new was invalidated; id I1; 0 USD",
            ],
        ),
    ],
    ids=["first", "new", "listed", "older than the list"],
)
def test_repeated_run_separates_what_was_sent_before(
    listed: str,
    paths: tuple[int, int],
    text: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    def script(call: Call) -> ScriptedResponse:
        return (200, listed) if call.path.endswith("?MaxItems=100") else respond_completed(call)

    command = ["invalidate", "a.jpg", "b.jpg", "--run", "r", "--outputs", write_outputs(tmp_path)]
    with scripted_server(script) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(command) == 0
        assert capsys.readouterr().out.splitlines() == text

        assert main([*command, "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
    assert (report["paths"], report["paths_sent_before"], report["usd_at_most"]) == (*paths, 0.005 * paths[0])
    assert report["invalidations"] == [{"id": "I1", "paths": 2, "sent_before": paths[0] == 0}]


@pytest.mark.parametrize("reply", ["y", "n"])
@pytest.mark.parametrize("as_json", [False, True])
def test_all_asks_and_no_is_not_a_failure(
    reply: str, as_json: bool, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{reply}\n"))

    assert main(["invalidate", "--all", "--outputs", bucket.outputs, *(["--json"] if as_json else [])]) == 0

    captured = capsys.readouterr()
    assert captured.err == ("\nprod: invalidate everything, which costs at most 0.005 USD and new renders? [y/N] ")
    assert [items for _, items in bucket.sent] == ([["/*"]] if reply == "y" else [])
    if as_json:
        report = json.loads(captured.out)
        assert (report["stack"], report["action"]) == ("prod", "invalidate")
        assert (report["status"], report["paths"]) == (("done", 1) if reply == "y" else ("declined", 0))
    else:
        last = "invalidated everything; id I1; at most 0.005" if reply == "y" else "nothing was invalidated; 0"
        assert captured.out == f"prod: {last} USD\n"


@pytest.mark.parametrize(
    "arguments",
    [["--all"], [f"{number}/" for number in range(11)], [f"{number}.jpg" for number in range(2_001)]],
    ids=["everything", "folders", "cost"],
)
def test_expensive_invalidation_without_a_terminal_requires_yes(
    arguments: list[str], bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    command = ["invalidate", *arguments, "--outputs", write_outputs(tmp_path)]

    assert main(command) == 2
    assert capsys.readouterr().err.endswith("Add --yes to proceed without the question\n")
    assert bucket.server.calls == []

    assert main([*command, "--dry-run"]) == 0
    assert main([*command, "--yes"]) == 0
    assert bucket.sent


def test_invalidation_without_waiting_prints_the_id_and_a_summary(bucket: Bucket, capsys: Capture) -> None:
    assert main(["invalidate", "people/", "--no-wait", "--outputs", bucket.outputs]) == 0

    assert capsys.readouterr() == ("I1\n", "prod: sent 1 path or tag; id I1; at most 0.005 USD\n")
