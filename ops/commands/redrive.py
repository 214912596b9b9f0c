"""The command `redrive`, which moves dead letters back into the queue of the refresh function."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws import queues
from ops.aws.error_messages import explain
from ops.aws.queues import DeadLetter
from ops.aws.stack import load_stack
from ops.console import output
from ops.console.argument_types import IntegerRange
from ops.console.formatting import format_number
from ops.console.stack_options import StackSelection, stack_options
from ops.errors import Failed, Interrupted

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@click.command(short_help="Move dead letters back into the queue.")
@click.option(
    "--most",
    type=IntegerRange(1, 100_000),
    default=1000,
    show_default=True,
    metavar="N",
    help="The maximum number of messages.",
)
@click.option("--dry-run", is_flag=True, help="Show the messages without moving them.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@stack_options
def redrive(*, most: int, dry_run: bool, yes: bool, as_json: bool, selection: StackSelection) -> int:
    """Move messages from the dead-letter queue back into the queue of the refresh function.

    The command shows the messages and asks for confirmation first. The exit status is 1 if a message could not be
    moved.
    """
    output.require_confirmation(yes=yes, dry_run=dry_run, as_json=as_json)
    stack = load_stack(selection)
    dead_letter_queue = queues.require_queue_url(stack, "dead_letters_queue_url")
    refresh_queue = queues.require_queue_url(stack, "refresh_queue_url")
    client = stack.sqs()
    letters = queues.receive(client, dead_letter_queue, most)
    moved: list[DeadLetter] = []
    try:
        if not as_json:
            _print_letters(letters)
        is_confirmed = bool(letters) and not dry_run and (yes or output.confirm(_question(letters)))
        if is_confirmed:
            _move(client, dead_letter_queue, refresh_queue, letters, moved)
    except KeyboardInterrupt:
        progress = f"{len(moved)} of {len(letters)} messages were put back"
        raise Interrupted(f"interrupted; {progress}: repeat the command to continue") from None
    finally:
        moved_ids = {letter.id for letter in moved}
        # If this call fails, SQS makes the messages visible again after 15 minutes.
        with contextlib.suppress(ClientError, BotoCoreError):
            queues.release(client, dead_letter_queue, [letter for letter in letters if letter.id not in moved_ids])
    if as_json:
        _print_json(letters, moved_ids)
    elif letters and not dry_run:
        output.print_line(f"\n{format_number(len(moved))} of {format_number(len(letters))} put back")
    return Failed.status if is_confirmed and len(moved) < len(letters) else 0


def _move(
    client: "SQSClient",
    dead_letter_queue: str,
    refresh_queue: str,
    letters: Sequence[DeadLetter],
    moved: list[DeadLetter],
) -> None:
    """Move the letters, and append each moved letter to `moved`, which the caller also reads after an error."""
    with output.progress_bar("putting back", len(letters)) as advance:

        def record_move(letter: DeadLetter) -> None:
            moved.append(letter)
            advance(1)

        try:
            queues.move(client, dead_letter_queue, refresh_queue, letters, record_move)
        except (ClientError, BotoCoreError) as error:
            progress = f"{len(moved)} of {len(letters)} messages were put back, the others are still dead letters"
            raise Failed(f"{explain(error)}; {progress}") from error


def _print_letters(letters: Sequence[DeadLetter]) -> None:
    if not letters:
        output.print_line("no dead letters")
        return
    rows = [
        (f"{letter.sent:%Y-%m-%d %H:%M:%S} UTC", str(letter.receive_count), subject)
        for letter in letters
        for subject in letter.subjects
    ]
    output.print_table(("sent", "received", "subject"), rows, right=(1,))


def _question(letters: Sequence[DeadLetter]) -> str:
    messages = "this message" if len(letters) == 1 else f"these {format_number(len(letters))} messages"
    return f"put {messages} back into the refresh queue?"


def _print_json(letters: Sequence[DeadLetter], moved_ids: set[str]) -> None:
    output.print_json(
        [
            {
                "id": letter.id,
                "sent": letter.sent.isoformat(),
                "receive_count": letter.receive_count,
                "subjects": letter.subjects,
                "put_back": letter.id in moved_ids,
            }
            for letter in letters
        ]
    )
