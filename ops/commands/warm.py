"""python -m ops warm: asks the distribution for sizes of originals, before viewers do."""

import argparse
from collections.abc import Sequence
from typing import Any, Final

from common.contract import CHOICES
from ops.aws import stack
from ops.aws.warmup_client import RenditionRequest, RenditionResponse, rendition_requests, request_renditions
from ops.console import key_arguments, output
from ops.console.argument_types import integer_between
from ops.console.formatting import format_number
from ops.errors import Failed, Interrupted, Usage

USAGE: Final = "KEY... --widths 320,640 [options]"
_HEAD: Final = ("key", "query", "status", "bytes", "ms", "cache")


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command."""
    parser.add_argument("names", nargs="*", metavar="KEY", help="as in cats/1.jpg")
    parser.add_argument("--from", dest="file", metavar="FILE", help="more of them, one per line; - is standard input")
    parser.add_argument("--widths", type=_widths, required=True, metavar="N,N", help="in pixels, as in 320,640")
    formats = f"some of {', '.join(CHOICES['format'])} (what a current browser is given)"
    parser.add_argument("--formats", type=_formats, default=[None], metavar="F,F", help=formats)
    parser.add_argument(
        "--at-once", type=integer_between(1, 32), default=4, metavar="N", help="how many, 32 at most (4)"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    stack.add_stack_options(parser)


def run(given: argparse.Namespace) -> int:
    """1 if one of the answers was no picture."""
    keys = key_arguments.read_keys(given.names, given.file)
    if not keys:
        raise Usage("nothing to warm: name keys, or a file with --from")
    for doubt in key_arguments.suspicious_keys(keys):
        output.note(doubt)
    wanted = rendition_requests(keys, given.widths, given.formats)
    found = _found(stack.load_stack(given).output("url"), wanted, given.at_once)
    output.note("warm now: the edge location that answered here, and Origin Shield, which misses elsewhere go through")
    if given.json:
        output.json_result([reply.to_dict() for reply in found])
    else:
        _print(found)
    return 0 if all(reply.is_success for reply in found) else Failed.status


def _found(url: str, wanted: Sequence[RenditionRequest], at_once: int) -> list[RenditionResponse]:
    """In the order of `wanted`, whatever came first."""
    found: dict[RenditionRequest, RenditionResponse] = {}
    with output.progress("warming", len(wanted)) as advance:
        try:
            for reply in request_renditions(url, wanted, at_once=at_once):
                found[reply.request] = reply
                advance(1)
        except KeyboardInterrupt:
            done = f"{len(found)} of {len(wanted)} sizes were asked for"
            raise Interrupted(f"interrupted; {done}: repeat the command, what was rendered is quick now") from None
    return [found[one] for one in wanted]


def _print(found: Sequence[RenditionResponse]) -> None:
    rows = [_row(reply) for reply in found]
    output.table(_HEAD, rows, right=(2, 3, 4))
    good = [reply for reply in found if reply.is_success]
    hits = sum(reply.cache == "hit" for reply in good)
    parts = f"{hits} hits, {len(good) - hits} misses, {len(found) - len(good)} failed"
    output.line(f"\n{len(found)} asked: {parts}; {format_number(sum(reply.size for reply in good))} bytes")
    for reason in dict.fromkeys(reply.reason for reply in found if not reply.is_success):
        output.line(f"failed: {reason}")


def _row(reply: RenditionResponse) -> tuple[str, ...]:
    status = str(reply.status or "none")
    return (
        reply.request.key,
        reply.request.query,
        status,
        format_number(reply.size),
        f"{reply.duration_ms:.0f}",
        reply.cache,
    )


def _widths(text: str) -> list[int]:
    read = integer_between(1, 100_000)
    return list(dict.fromkeys(read(part) for part in text.split(",")))


def _formats(text: str) -> list[Any]:
    chosen = list(dict.fromkeys(text.split(",")))
    for name in chosen:
        if name not in CHOICES["format"]:
            raise argparse.ArgumentTypeError(f"{name} is no format: choose of {', '.join(CHOICES['format'])}")
    return chosen
