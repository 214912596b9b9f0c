"""python -m ops redrive: puts dead letters back into the queue, after it has shown them."""

import argparse
import contextlib
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws import queues, stack
from ops.aws.error_messages import explain
from ops.aws.queues import DeadLetter
from ops.console import output
from ops.console.argument_types import integer_between
from ops.console.formatting import format_number
from ops.errors import Failed, Interrupted


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command."""
    parser.add_argument(
        "--most", type=integer_between(1, 100_000), default=1000, metavar="N", help="how many at most (1,000)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only show them")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="for machines")
    stack.add_stack_options(parser)


def run(given: argparse.Namespace) -> int:
    """1 if one of them could not be put back. What is not moved can be taken by others when this ends."""
    output.require_confirmation_option(given)
    found = stack.load_stack(given)
    dead, alive = (queues.require_queue_url(found, name) for name in ("dead_letters_queue_url", "refresh_queue_url"))
    client = found.client("sqs", found.output("originals_region"))
    letters = queues.receive(client, dead, given.most)
    moved: list[DeadLetter] = []
    try:
        if not given.json:
            _show(letters)
        wanted = bool(letters) and not given.dry_run and (given.yes or output.confirm(_question(letters)))
        if wanted:
            _move(client, dead, alive, letters, moved)
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted; {len(moved)} of {len(letters)} were put back: the same again goes on"
        ) from None
    finally:
        gone = {letter.id for letter in moved}
        with contextlib.suppress(ClientError, BotoCoreError):  # they come back by themselves, in 15 minutes
            queues.release(client, dead, [letter for letter in letters if letter.id not in gone])
    _report(given, letters, moved)
    return Failed.status if wanted and len(moved) < len(letters) else 0


def _move(client: Any, dead: str, alive: str, letters: Sequence[DeadLetter], moved: list[DeadLetter]) -> None:
    with output.progress("putting back", len(letters)) as advance:

        def done(letter: DeadLetter) -> None:
            moved.append(letter)
            advance(1)

        try:
            queues.move(client, dead, alive, letters, done)
        except (ClientError, BotoCoreError) as error:
            so_far = f"{len(moved)} of {len(letters)} were put back, the others are still dead letters"
            raise Failed(f"{explain(error)}; {so_far}") from error


def _show(letters: Sequence[DeadLetter]) -> None:
    if not letters:
        output.line("no dead letters")
        return
    rows = [
        (f"{letter.sent:%Y-%m-%d %H:%M:%S} UTC", str(letter.receive_count), subject)
        for letter in letters
        for subject in letter.subjects
    ]
    output.table(("sent", "taken", "about"), rows, right=(1,))


def _question(letters: Sequence[DeadLetter]) -> str:
    return f"put {'this one' if len(letters) == 1 else f'these {format_number(len(letters))}'} back into the queue?"


def _report(given: argparse.Namespace, letters: Sequence[DeadLetter], moved: Sequence[DeadLetter]) -> None:
    ids = {letter.id for letter in moved}
    if given.json:
        output.json_result(
            [
                {
                    "id": letter.id,
                    "sent": letter.sent.isoformat(),
                    "taken": letter.receive_count,
                    "about": letter.subjects,
                    "put_back": letter.id in ids,
                }
                for letter in letters
            ]
        )
    elif letters and not given.dry_run:
        output.line(f"\n{format_number(len(moved))} of {format_number(len(letters))} put back")
