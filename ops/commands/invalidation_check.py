"""The warnings of `invalidate` about keys and folders that the bucket of the originals never had."""

from collections.abc import Sequence
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.error_messages import explain
from ops.aws.originals import find_unknown_names, has_version
from ops.aws.stack import Stack
from ops.console import output
from ops.console.formatting import format_number
from ops.errors import Failed

_MAX_WARNINGS: Final = 10
"""The maximum number of names that get a line of their own, so that a wrong file does not fill the screen."""


def check_names(stack: Stack, names: Sequence[str], *, is_strict: bool) -> None:
    """Print a warning for each key and folder of which the bucket has no version.

    If the bucket cannot be read, the command continues with a note, because an invalidation can be urgent. With
    `is_strict`, both cases raise Failed.
    """
    if not names:
        return
    try:
        unknown = _print_unknown_names(stack, names)
    except (ClientError, BotoCoreError, Failed) as error:
        reason = str(error) if isinstance(error, Failed) else explain(error)
        message = f"the keys were not checked: {reason}"
        if is_strict:
            raise Failed(f"{message}; nothing was sent") from error
        output.print_note(message)
        return
    if unknown and is_strict:
        raise Failed(f"the bucket does not have {unknown} of {len(names)} keys and folders: nothing was sent")


def _print_unknown_names(stack: Stack, names: Sequence[str]) -> int:
    """Print the warnings, and return the number of unknown names."""
    bucket = stack.outputs.get("originals_bucket")
    if not bucket:
        raise Failed("the stack has no output originals_bucket")
    client = stack.s3(max_attempts=2)
    with output.progress_bar("checking keys", len(names)) as advance:
        unknown = find_unknown_names(client, bucket, names, advance)
    for name in unknown[:_MAX_WARNINGS]:
        # The most frequent mistake is a folder without its slash.
        other = name.removesuffix("/") if name.endswith("/") else f"{name}/"
        output.print_note(_warning(name, other if has_version(client, bucket, other) else None))
    if len(unknown) > _MAX_WARNINGS:
        others = format_number(len(unknown) - _MAX_WARNINGS)
        output.print_note(f"warning: {others} more keys and folders are not in the bucket, and never were")
    return len(unknown)


def _warning(name: str, other: str | None) -> str:
    if other is None:
        content = "no original below" if name.endswith("/") else "no original"
        return f"warning: the bucket has {content} {name}, and no earlier version: check the spelling"
    if other.endswith("/"):
        return f"warning: {name} is a folder in the bucket, not an original: write {other} with a slash"
    return f"warning: {other} is an original in the bucket, not a folder: write {other} without a slash"
