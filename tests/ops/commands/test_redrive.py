"""`python -m ops redrive` with moto's SQS."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from ops.console import confirmation
from tests.ops.test_operations_page import example_output, mask_times
from tests.support.aws_servers import Call, Moto, ScriptedResponse, scripted_server, write_outputs

Capture = pytest.CaptureFixture[str]
REGION = "eu-central-1"
ADVICE = "use --yes to proceed without confirmation, or --dry-run to change nothing"


def event(key: str) -> str:
    """Return the body of an S3 event notification."""
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": key}}}]})


class Stack:
    """The queues of a stack, and a file with its outputs."""

    def __init__(self, moto: Moto, folder: Path) -> None:
        self.sqs = moto.client("sqs", REGION)
        self.dead_letter_queue = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        self.refresh_queue = self.sqs.create_queue(QueueName="refresh")["QueueUrl"]
        self.outputs = write_outputs(
            folder, dead_letters_queue_url=self.dead_letter_queue, refresh_queue_url=self.refresh_queue
        )

    def fill(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.dead_letter_queue, MessageBody=body)

    def count(self, queue: str) -> tuple[int, int]:
        """Return the number of visible messages, and of messages in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return int(attributes[names[0]]), int(attributes[names[1]])

    def bodies(self, queue: str) -> list[str]:
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
        return bodies


@pytest.fixture
def stack(moto: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.url)
    return Stack(moto, tmp_path)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def reply_with(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text))


def test_dead_letters_are_shown_and_moved_unchanged(stack: Stack, capsys: Capture) -> None:
    letters = [event(f"cats/{number}.jpg") for number in range(23)]
    stack.fill(*letters)

    assert main(["redrive", "--outputs", stack.outputs]) == 0

    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["sent", "received", "subject"]
    assert out.count("ObjectCreated:Put cats/") == 23
    assert out.endswith("\n23 of 23 put back\n")
    assert stack.count(stack.dead_letter_queue) == (0, 0)
    assert sorted(stack.bodies(stack.refresh_queue)) == sorted(letters)


def test_message_attributes_are_moved(stack: Stack) -> None:
    attributes = {"trace": {"DataType": "String", "StringValue": "abc"}}
    stack.sqs.send_message(QueueUrl=stack.dead_letter_queue, MessageBody="x", MessageAttributes=attributes)

    assert main(["redrive", "--outputs", stack.outputs]) == 0

    message = stack.sqs.receive_message(QueueUrl=stack.refresh_queue, MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"]["trace"]["StringValue"] == "abc"


def test_messages_are_put_back_without_a_question(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Processing a message twice does no harm, so the command works in a script, too."""
    stack.fill(event("a.jpg"))
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert main(["redrive", "--outputs", stack.outputs]) == 0

    captured = capsys.readouterr()
    assert captured.out.endswith("\n1 of 1 put back\n")
    assert captured.err == ""
    assert stack.count(stack.refresh_queue) == (1, 0)


@pytest.mark.parametrize("script", [False, True], ids=["confirmed", "with --yes"])
def test_drop_deletes_malformed_messages_after_showing_them(
    script: bool, stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.fill(*(f"no JSON {number}" for number in range(12)))
    reply_with(monkeypatch, "" if script else "y\n")

    assert main(["redrive", "--drop", *(["--yes"] if script else []), "--outputs", stack.outputs]) == 0

    captured = capsys.readouterr()
    assert captured.out.count("no JSON ") == 12
    assert captured.out.endswith("\n12 of 12 deleted\n")
    question = "delete these 12 messages? A deleted message cannot be restored. [y/N]"
    assert (question in captured.err) is not script
    assert stack.count(stack.dead_letter_queue) == (0, 0)
    assert stack.count(stack.refresh_queue) == (0, 0)


@pytest.mark.parametrize(("reply", "deleted"), [("yes\n", 2), ("n\n", 0), ("\n", 0), ("", 0), ("what\n", 0)])
def test_drop_without_y_or_yes_deletes_nothing_and_succeeds(
    reply: str, deleted: int, stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.fill(event("a.jpg"), event("b.jpg"))
    reply_with(monkeypatch, reply)

    assert main(["redrive", "--drop", "--outputs", stack.outputs]) == 0

    assert capsys.readouterr().out.endswith(f"\n{deleted} of 2 deleted\n")
    assert stack.count(stack.refresh_queue) == (0, 0)
    assert stack.count(stack.dead_letter_queue) == (2 - deleted, 0)


def test_drop_with_dry_run_deletes_nothing(stack: Stack, capsys: Capture) -> None:
    stack.fill("no JSON")

    assert main(["redrive", "--drop", "--dry-run", "--json", "--outputs", stack.outputs]) == 0

    assert [letter["deleted"] for letter in json.loads(capsys.readouterr().out)] == [False]
    assert stack.count(stack.dead_letter_queue) == (1, 0)


def test_message_that_cannot_be_deleted_exits_with_1(
    stack: Stack, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.fill("a", "b")

    def script(call: Call) -> ScriptedResponse:
        if not call.headers.get("X-Amz-Target", "").endswith(".DeleteMessageBatch"):
            return None
        failed = {"Id": "1", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}
        return 200, json.dumps({"Successful": [{"Id": "0"}], "Failed": [failed]})

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["redrive", "--drop", "--yes", "--json", "--outputs", stack.outputs]) == 1

    letters = json.loads(capsys.readouterr().out)
    assert [(letter["put_back"], letter["deleted"]) for letter in letters] == [(False, True), (False, False)]


def test_ctrl_c_at_the_question_releases_the_messages(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.fill(event("a.jpg"))

    class Interrupted(Terminal):
        def readline(self, *_: Any) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Interrupted())

    assert main(["redrive", "--drop", "--outputs", stack.outputs]) == 130
    assert capsys.readouterr().err.endswith("python -m ops redrive: interrupted: nothing was changed\n")
    assert stack.count(stack.dead_letter_queue) == (1, 0)


def test_dry_run_releases_the_messages(stack: Stack, capsys: Capture) -> None:
    stack.fill(event("caf%C3%A9/a+b.jpg"), "no JSON", "[]")

    assert main(["redrive", "--dry-run", "--json", "--outputs", stack.outputs]) == 0

    letters = json.loads(capsys.readouterr().out)
    assert [letter["subjects"] for letter in letters] == [["ObjectCreated:Put caf\u00e9/a b.jpg"], ["no JSON"], ["[]"]]
    assert {(letter["put_back"], letter["receive_count"]) for letter in letters} == {(False, 1)}
    assert stack.count(stack.dead_letter_queue) == (3, 0)


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_output_contains_no_control_characters(stack: Stack, option: list[str], capsys: Capture) -> None:
    """A key, an event and a body can contain any character."""
    stack.fill(
        event("%1b]0;title%07%7f%c2%9b%e2%80%ae%0aforged.jpg"),
        event("a.jpg").replace("ObjectCreated:Put", "\\u001b[31mred\\u009b"),
        "\u009b31m\u2028\x7f",
        event("7").replace('"7"', "7"),
    )

    assert main(["redrive", "--dry-run", *option, "--outputs", stack.outputs]) == 0

    out, err = capsys.readouterr()
    assert all(line.isprintable() for line in f"{out}{err}".split("\n"))
    assert "ObjectCreated:Put " in out
    assert not any(line.startswith("forged") for line in out.splitlines())


def test_most_limits_the_number_of_messages(stack: Stack, capsys: Capture) -> None:
    stack.fill(*(event(f"{number}.jpg") for number in range(15)))

    assert main(["redrive", "--most", "12", "--outputs", stack.outputs]) == 0

    assert stack.count(stack.dead_letter_queue) == (3, 0)
    captured = capsys.readouterr()
    assert captured.out.endswith("12 of 12 put back\n")
    assert captured.err == "there can be more dead letters: --most limits their number\n"


def test_empty_queue_prints_no_dead_letters(stack: Stack, capsys: Capture) -> None:
    assert main(["redrive", "--outputs", stack.outputs]) == 0
    assert capsys.readouterr().out == "no dead letters\n"


def test_failure_between_two_batches_loses_no_message(
    stack: Stack, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stack.fill(*(event(f"{number}.jpg") for number in range(15)))
    sends: list[Call] = []

    def script(call: Call) -> ScriptedResponse:
        if not call.headers.get("X-Amz-Target", "").endswith(".SendMessageBatch"):
            return None
        sends.append(call)
        denied = {"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "not you"}
        return None if len(sends) == 1 else (403, json.dumps(denied))

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["redrive", "--outputs", stack.outputs]) == 1

    assert "; 10 of 15 put back, the others are still dead letters" in capsys.readouterr().err
    assert (stack.count(stack.refresh_queue), stack.count(stack.dead_letter_queue)) == ((10, 0), (5, 0))


@pytest.mark.parametrize("missing", ["dead_letters_queue_url", "refresh_queue_url"])
def test_stack_without_refresh_has_nothing_to_redrive(missing: str, tmp_path: Path, capsys: Capture) -> None:
    queues = {"dead_letters_queue_url": "x", "refresh_queue_url": "y"} | {missing: None}

    assert main(["redrive", "--outputs", write_outputs(tmp_path, **queues)]) == 1
    assert capsys.readouterr().err == (
        f"python -m ops redrive: the stack has no output {missing}: "
        "without a refresh function, there are no dead letters to redrive\n"
    )


@pytest.mark.parametrize("command", [["redrive", "--drop"], ["sweep"]], ids=["redrive --drop", "sweep"])
@pytest.mark.parametrize(
    ("option", "message"),
    [
        ([], f"standard input is not a terminal, so the command cannot ask for confirmation: {ADVICE}"),
        (["--json"], f"with --json the command cannot ask for confirmation: {ADVICE}"),
    ],
)
def test_command_without_a_terminal_requires_yes(
    command: list[str],
    option: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert main([*command, *option, "--outputs", write_outputs(tmp_path)]) == 2
    assert capsys.readouterr().err == f"python -m ops {command[0]}: {message}\n"


def test_missing_queue_is_named(stack: Stack, tmp_path: Path, capsys: Capture) -> None:
    file = write_outputs(
        tmp_path, dead_letters_queue_url=stack.dead_letter_queue + "x", refresh_queue_url=stack.refresh_queue
    )

    assert main(["redrive", "--outputs", file]) == 1
    assert "AWS does not find the queue (" in capsys.readouterr().err


def test_question_is_printed_on_standard_error(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    reply_with(monkeypatch, "Y\n")

    assert confirmation.confirm("sure?", yes=False)
    assert capsys.readouterr() == ("", "\nsure? [y/N] ")


def test_dry_run_is_the_example_of_the_page(stack: Stack, capsys: Capture) -> None:
    """SQS moves a message to the dead-letter queue after five attempts, and the command receives it a sixth time."""
    arn = stack.sqs.get_queue_attributes(QueueUrl=stack.dead_letter_queue, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5})
    stack.sqs.set_queue_attributes(QueueUrl=stack.refresh_queue, Attributes={"RedrivePolicy": policy})
    stack.sqs.send_message(QueueUrl=stack.refresh_queue, MessageBody=event("cats/1.jpg"))
    for _ in range(6):
        stack.sqs.receive_message(QueueUrl=stack.refresh_queue, VisibilityTimeout=0)

    assert main(["redrive", "--dry-run", "--outputs", stack.outputs]) == 0

    assert mask_times(capsys.readouterr().out) == mask_times(example_output("Put dead letters back"))
