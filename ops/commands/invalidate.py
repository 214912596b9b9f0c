"""python -m ops invalidate: drops every rendition of originals from CloudFront's caches, by cache tag."""

import argparse
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from common.invalidation import (
    EVERYTHING,
    Batch,
    StillInProgress,
    invalidation_item,
    new_run_name,
    send_batches,
    split_into_batches,
    wait_until_completed,
)
from common.retry import RetryPolicy
from ops.aws import stack
from ops.aws.error_messages import explain
from ops.console import invalidation_preview, key_arguments, output
from ops.console.argument_types import integer_between
from ops.errors import Failed, Interrupted, Usage

USAGE: Final = "KEY... [FOLDER/...] [options]"


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command."""
    parser.add_argument("names", nargs="*", metavar="KEY", help="as in cats/1.jpg; a folder ends in a slash: cats/")
    parser.add_argument("--from", dest="file", metavar="FILE", help="more of them, one per line; - is standard input")
    parser.add_argument("--all", action="store_true", help="all that is cached, by one wildcard")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be sent, and what it costs")
    parser.add_argument("--no-wait", action="store_true", help="print ids and end, rather than wait for CloudFront")
    parser.add_argument(
        "--wait", type=integer_between(1, 86_400), default=900, metavar="S", help="how long at most, in seconds (900)"
    )
    parser.add_argument(
        "--run", type=_run_name, metavar="NAME", help="an earlier run to go on with: what it sent is not sent again"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    stack.add_stack_options(parser)


def run(given: argparse.Namespace) -> int:
    """Sends, then waits; Failed and Interrupted say how to go on."""
    named = _names(given)
    found = stack.load_stack(given)
    distribution = found.output("distribution_id")
    name = given.run or new_run_name(datetime.now(UTC))
    items = [EVERYTHING] if given.all else [invalidation_item(one) for one in named]
    planned = split_into_batches(items, name)
    if given.dry_run:
        invalidation_preview.show(distribution, planned, named, as_json=given.json)
        return 0
    for doubt in key_arguments.suspicious_keys(named):
        output.note(doubt)
    client = found.client("cloudfront", attempts=1)
    policy = RetryPolicy(on_retry=_told, items_per_second=1e9) if found.is_local else RetryPolicy(on_retry=_told)
    ids = _sent(client, distribution, planned, policy, name)
    if not given.no_wait:
        _waited(client, distribution, ids, policy, given.wait)
    _report(given, distribution, ids, planned, name)
    return 0


def _names(given: argparse.Namespace) -> list[str]:
    found = key_arguments.read_names(given.names, given.file)
    if given.all and (found or given.file):
        raise Usage("--all drops everything: name nothing beside it")
    if not given.all and not found:
        raise Usage("nothing to invalidate: name keys or folders, or a file with --from, or --all")
    return found


def _sent(client: Any, distribution: str, planned: Sequence[Batch], policy: RetryPolicy, name: str) -> list[str]:
    """Their ids."""
    ids: list[str] = []
    with output.progress("sending", sum(len(batch.items) for batch in planned)) as advance:
        try:
            for batch, made in send_batches(client, distribution, planned, policy):
                ids.append(made.id)
                advance(len(batch.items))
        except (ClientError, BotoCoreError) as error:
            # An answer that was lost may have been a success.
            so_far = f"; {_so_far(ids, planned, name)}" if ids or isinstance(error, HTTPClientError) else ""
            raise Failed(f"{explain(error)}{so_far}") from error
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_so_far(ids, planned, name)}") from None
    return ids


def _so_far(ids: Sequence[str], planned: Sequence[Batch], name: str) -> str:
    return (
        f"{len(ids)} of {len(planned)} invalidations were sent: to go on, and pay none of them twice, "
        f"repeat the command with --run {name}"
    )


def _waited(client: Any, distribution: str, ids: Sequence[str], policy: RetryPolicy, seconds: int) -> None:
    done: list[str] = []
    with output.progress("waiting for CloudFront", len(ids)) as advance:
        try:
            for id_ in wait_until_completed(client, distribution, ids, policy, seconds=seconds):
                done.append(id_)
                advance(1)
        except StillInProgress:
            raise Failed(f"not done after {seconds} s; {_still(ids, done)}") from None
        except (ClientError, BotoCoreError) as error:
            raise Failed(f"{explain(error)}; {_still(ids, done)}") from error
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_still(ids, done)}") from None


def _still(ids: Sequence[str], done: Sequence[str]) -> str:
    return f"all is sent, CloudFront goes on by itself with {len(ids) - len(done)} of {len(ids)}: status shows them"


def _report(
    given: argparse.Namespace, distribution: str, ids: Sequence[str], planned: Sequence[Batch], name: str
) -> None:
    paths = sum(len(batch.items) for batch in planned)
    status = "sent" if given.no_wait else "done"
    if given.json:
        made = [{"id": id_, "paths": len(batch.items)} for id_, batch in zip(ids, planned, strict=True)]
        usd = invalidation_preview.max_usd(paths)
        value = {"distribution_id": distribution, "run": name, "status": status, "paths": paths, "usd_at_most": usd}
        output.json_result(value | {"invalidations": made})
    elif given.no_wait:
        for id_ in ids:
            output.line(id_)
    else:
        output.line(
            f"{status}: {invalidation_preview.count_text(paths, len(ids))}; {invalidation_preview.cost_text(paths)}"
        )


def _told(seconds: float) -> None:
    output.note(f"CloudFront is throttling requests; retrying in {seconds:.1f} s")


def _run_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text} is no run: letters, digits, dots and dashes, 64 at most")
    return text
