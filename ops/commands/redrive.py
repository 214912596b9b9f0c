"""The command `redrive`, which moves dead letters back into the queue of the refresh function, or deletes them."""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial

import click
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws import queues
from ops.aws.error_messages import explain
from ops.aws.queues import DeadLetter
from ops.aws.stack import load_stack
from ops.console import confirmation, output
from ops.console.argument_types import IntegerRange
from ops.console.formatting import format_number
from ops.console.stack_options import StackSelection, json_option, stack_options
from ops.errors import Failed, Interrupted


@click.command(short_help="Put dead letters back into the queue.")
@click.option(
    "--most",
    type=IntegerRange(1, 100_000),
    default=1000,
    show_default=True,
    metavar="N",
    help="The maximum number of messages.",
)
@click.option("--drop", is_flag=True, help="Delete the messages, after a question, instead of putting them back.")
@click.option("--dry-run", is_flag=True, help="Show the messages without putting them back or deleting them.")
@click.option("--yes", is_flag=True, help="With --drop: do not ask for confirmation.")
@json_option
@stack_options
def redrive(*, most: int, drop: bool, dry_run: bool, yes: bool, as_json: bool, selection: StackSelection) -> int:
    """Put messages of the dead-letter queue back into the queue of the refresh function.

    The command shows the messages first. The exit status is 1 if a message could not be put back, or with --drop not be
    deleted.
    """
    # Putting a message back needs no confirmation, because processing a message twice does no harm.
    confirmation.require_confirmation(yes=yes or not drop, dry_run=dry_run, as_json=as_json)
    stack = load_stack(selection)
    source = queues.require_queue_url(stack, "dead_letters_queue_url")
    target = queues.require_queue_url(stack, "refresh_queue_url")
    client = stack.sqs()
    process = partial(queues.delete, client, source) if drop else partial(queues.move, client, source, target)
    result = "deleted" if drop else "put back"
    letters = queues.receive(client, source, most)
    processed: list[DeadLetter] = []
    try:
        if not as_json:
            _print_letters(letters, most)
        is_confirmed = bool(letters) and not dry_run and confirmation.confirm(_question(letters), yes=yes or not drop)
        if is_confirmed:
            _process(process, letters, processed, result)
    finally:
        processed_ids = {letter.id for letter in processed}
        # If this call fails, SQS makes the messages visible again after 15 minutes.
        with contextlib.suppress(ClientError, BotoCoreError):
            queues.release(client, source, [letter for letter in letters if letter.id not in processed_ids])
    if as_json:
        _print_json(letters, processed_ids, drop=drop)
    elif letters and not dry_run:
        output.print_line(f"\n{_progress(letters, processed, result)}")
    return Failed.status if is_confirmed and len(processed) < len(letters) else 0


def _process(
    process: Callable[[Sequence[DeadLetter], Callable[[DeadLetter], None]], None],
    letters: Sequence[DeadLetter],
    processed: list[DeadLetter],
    result: str,
) -> None:
    """Process the letters, and append each letter to `processed`, which the caller also reads after an error."""
    with output.progress_bar(result, len(letters)) as advance:

        def record(letter: DeadLetter) -> None:
            processed.append(letter)
            advance(1)

        try:
            process(letters, record)
        except (ClientError, BotoCoreError) as error:
            progress = _progress(letters, processed, result)
            raise Failed(f"{explain(error)}; {progress}, the others are still dead letters") from error
        except KeyboardInterrupt:
            progress = _progress(letters, processed, result)
            raise Interrupted(f"interrupted; {progress}: repeat the command to continue") from None


def _progress(letters: Sequence[DeadLetter], processed: Sequence[DeadLetter], result: str) -> str:
    return f"{format_number(len(processed))} of {format_number(len(letters))} {result}"


def _print_letters(letters: Sequence[DeadLetter], most: int) -> None:
    if not letters:
        output.print_line("no dead letters")
        return
    rows = [
        (f"{letter.sent:%Y-%m-%d %H:%M:%S} UTC", str(letter.receive_count), subject)
        for letter in letters
        for subject in letter.subjects
    ]
    output.print_table(("sent", "received", "subject"), rows, right=(1,))
    if len(letters) == most:
        output.print_note("there can be more dead letters: --most limits their number")


def _question(letters: Sequence[DeadLetter]) -> str:
    messages = "this message" if len(letters) == 1 else f"these {format_number(len(letters))} messages"
    return f"delete {messages}? A deleted message cannot be restored."


def _print_json(letters: Sequence[DeadLetter], processed_ids: set[str], *, drop: bool) -> None:
    output.print_json(
        [
            {
                "id": letter.id,
                "sent": letter.sent.isoformat(),
                "receive_count": letter.receive_count,
                "subjects": letter.subjects,
                "put_back": not drop and letter.id in processed_ids,
                "deleted": drop and letter.id in processed_ids,
            }
            for letter in letters
        ]
    )
