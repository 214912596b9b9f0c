"""The command `warm`, which requests renditions, so that CloudFront caches them before viewers request them."""

from collections.abc import Sequence
from typing import Final

import click

from common.contract import CHOICES
from ops.aws.stack import load_stack
from ops.aws.warmup_client import (
    CacheStatus,
    RenditionRequest,
    RenditionResponse,
    rendition_requests,
    request_renditions,
)
from ops.console import key_arguments, output
from ops.console.argument_types import CommaSeparated, IntegerRange, Text
from ops.console.formatting import format_number
from ops.console.stack_options import StackSelection, json_option, stack_options
from ops.errors import Failed, Interrupted, Usage

_HEADER: Final = ("key", "query", "status", "bytes", "ms", "cache")


@click.command(short_help="Request renditions before viewers do.")
@click.argument("keys", nargs=-1, metavar="[KEY]...", help="A key such as cats/1.jpg.")
@click.option(
    "--from",
    "keys_file",
    type=Text(),
    metavar="FILE",
    help="Read more keys from a file, one per line; - is standard input.",
)
@click.option(
    "--widths",
    type=CommaSeparated(IntegerRange(1, 100_000)),
    required=True,
    metavar="N,N",
    help="The widths in device pixels, such as 320,640.",
)
@click.option(
    "--formats",
    type=CommaSeparated(click.Choice(CHOICES["format"])),
    metavar="F,F",
    help=f"The formats: {', '.join(CHOICES['format'])}. "
    "Without this option: the format that the stack selects for current browsers.",
)
@click.option(
    "--at-once",
    "concurrency",
    type=IntegerRange(1, 32),
    default=4,
    show_default=True,
    metavar="N",
    help="The number of concurrent requests, at most 32.",
)
@key_arguments.literal_option
@json_option
@stack_options
def warm(
    *,
    keys: Sequence[str],
    keys_file: str | None,
    widths: list[int],
    formats: list[str] | None,
    concurrency: int,
    literal: bool,
    as_json: bool,
    selection: StackSelection,
) -> int:
    """Request renditions from CloudFront, so that viewers get cache hits.

    The command requests each original in each width and each format. The exit status is 1 if a response is not an
    image.
    """
    names = key_arguments.read_keys(keys, keys_file, literal=literal)
    if not names:
        raise Usage("nothing to warm: give keys, or a file with --from")
    for warning in key_arguments.suspicious_keys(names):
        output.print_note(warning)
    requests = rendition_requests(names, widths, formats or [None])
    stack = load_stack(selection)
    responses = _send_requests(stack.output("url"), requests, concurrency)
    if as_json:
        output.print_json([response.to_dict() for response in responses])
    else:
        _print_table(responses)
    if not stack.is_local and any(response.is_success for response in responses):
        output.print_note(_warm_caches(has_origin_shield=bool(stack.outputs.get("origin_shield_region"))))
    return 0 if all(response.is_success for response in responses) else Failed.status


def _send_requests(url: str, requests: Sequence[RenditionRequest], concurrency: int) -> list[RenditionResponse]:
    """Return the responses in the order of the requests, although the responses arrive in any order."""
    responses: dict[RenditionRequest, RenditionResponse] = {}
    with output.progress_bar("warming", len(requests)) as advance:
        try:
            for response in request_renditions(url, requests, concurrency=concurrency):
                responses[response.request] = response
                advance(1)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted; {len(responses)} of {len(requests)} renditions were requested. Repeat the command to "
                "continue: it requests all renditions again, and the cached renditions take little time"
            ) from None
    return [responses[request] for request in requests]


def _warm_caches(*, has_origin_shield: bool) -> str:
    """Return a sentence that says which caches have the images now."""
    if has_origin_shield:
        return (
            "The images are now in the caches of the edge location that responded and of Origin Shield, "
            "which receives the cache misses of all edge locations."
        )
    return "The images are now in the caches of the edge location that responded. The stack has no Origin Shield."


def _print_table(responses: Sequence[RenditionResponse]) -> None:
    output.print_table(_HEADER, [_row(response) for response in responses], right=(2, 3, 4))
    successes = [response for response in responses if response.is_success]
    hits = sum(response.cache is CacheStatus.HIT for response in successes)
    requested, misses, failed = len(responses), len(successes) - hits, len(responses) - len(successes)
    size = format_number(sum(response.size for response in successes))
    output.print_line(
        f"\n{format_number(requested)} requested: {format_number(hits)} hits, {format_number(misses)} misses, "
        f"{format_number(failed)} failed; {size} bytes"
    )
    for reason in dict.fromkeys(response.reason for response in responses if not response.is_success):
        output.print_line(f"failed: {reason}")


def _row(response: RenditionResponse) -> tuple[str, ...]:
    return (
        response.request.key,
        response.request.query,
        str(response.status or "none"),
        format_number(response.size),
        format_number(round(response.duration_ms)),
        response.cache,
    )
