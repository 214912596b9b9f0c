"""python -m ops cost: what a stack costs in a month, from list prices and assumptions; asks nobody."""

import argparse
import json
import sys
from dataclasses import fields
from typing import Final

from ops.console.argument_types import amount, decimal_between, integer_between, share
from ops.console.formatting import format_number
from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.price_list import AREAS, REGIONS
from ops.cost.report import detailed_report, side_by_side, to_dict

_GIVEN: Final = Assumptions()
_NUMBERS: Final = (
    ("--hit-rate", share, "share of requests that neither S3 nor the edge function sees"),
    ("--response-bytes", amount, "mean size of an answer, with headers"),
    ("--shield-per-miss", decimal_between(0, 100), "requests that Origin Shield charges for, per miss; 0 without it"),
    ("--invalidations", amount, "paths and tags"),
    ("--render-ms", decimal_between(0, 30_000), "mean time that the edge function takes for a rendition"),
    ("--memory", integer_between(128, 10_240), "of the edge function, in MB"),
    ("--passthrough-rate", share, "share of misses for originals as they are"),
    ("--stored-rate", share, "share of renditions that are too large for one answer"),
    ("--originals", amount, "how many there are"),
    ("--original-bytes", amount, "their mean size"),
    ("--kms-per-read", decimal_between(0, 1), "requests to KMS for each to S3, with --encryption kms"),
    ("--access-log-days", integer_between(1, 3650), "how long the access log is kept"),
)
_WORDS: Final = (
    ("--viewers", AREAS, "where they are"),
    ("--region", REGIONS, "of the buckets and of Origin Shield"),
    ("--encryption", ("s3", "kms"), "whose key the pictures are encrypted with"),
)
_FLAGS: Final = (
    ("--firewall", "whether there is AWS WAF (yes)"),
    ("--access-logs", "whether the distribution logs to S3 (yes)"),
    ("--free-tier", "whether what AWS gives to every account is still there for this stack (yes)"),
)


def options(parser: argparse.ArgumentParser) -> None:
    """Those of the command, each with its default."""
    parser.add_argument(
        "--requests",
        type=amount,
        nargs="+",
        default=[_GIVEN.requests],
        metavar="N",
        help="in a month, such as 250k or 10M; several are shown side by side (1,000,000)",
    )
    for option, read, text in _NUMBERS:
        default = getattr(_GIVEN, _field(option))
        shown = f"{text} ({default:,g})" if default < 1 else f"{text} ({format_number(default)})"
        parser.add_argument(option, type=read, default=default, metavar="N", help=shown)
    for option, words, text in _WORDS:
        default = getattr(_GIVEN, _field(option))
        parser.add_argument(option, choices=words, default=default, help=f"{text} ({default})")
    for option, text in _FLAGS:
        parser.add_argument(option, action=argparse.BooleanOptionalAction, default=True, help=text)
    parser.add_argument("--json", action="store_true", help="a list of one object for each --requests")


def run(chosen: argparse.Namespace) -> int:
    """Prints one estimate with its arithmetic, or several side by side."""
    names = {field.name for field in fields(Assumptions)} - {"requests"}
    values = {name: value for name, value in vars(chosen).items() if name in names}
    found = [estimate_month(Assumptions(requests=requests, **values)) for requests in chosen.requests]
    if chosen.json:
        text = json.dumps([to_dict(one) for one in found], indent=2)
    else:
        text = detailed_report(found[0]) if len(found) == 1 else side_by_side(found)
    sys.stdout.write(f"{text}\n")
    return 0


def _field(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")
