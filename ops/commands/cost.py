"""The command `cost`, which estimates the monthly cost of a stack from AWS list prices."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from ops.console import output
from ops.console.argument_types import Amount, DecimalRange, IntegerRange, Share
from ops.console.stack_options import debug_option
from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.price_list import AREAS, REGIONS
from ops.cost.report import detailed_report, side_by_side, to_dict

_DEFAULTS: Final = Assumptions()


def _assumption(name: str, kind: click.ParamType[Any], text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return a Click option for a field of `Assumptions`. The option has the name and the default of the field."""
    default = getattr(_DEFAULTS, name.removeprefix("--").replace("-", "_"))
    metavar = None if isinstance(kind, click.Choice) else "N"
    return click.option(name, type=kind, default=default, show_default=True, metavar=metavar, help=text)


@click.command(short_help="Estimate the monthly cost of a stack.")
@click.option(
    "--requests",
    type=Amount(),
    multiple=True,
    metavar="N [N]...",
    help="Requests per month, such as 250k or 10M. Several numbers are shown in columns.  [default: 1M]",
)
@click.argument("more_requests", type=Amount(), nargs=-1, metavar="", expose_value=True)
@_assumption("--hit-rate", Share(), "The share of requests that CloudFront serves from a cache.")
@_assumption("--response-bytes", Amount(), "The mean size of a response, including its headers.")
@_assumption("--viewers", click.Choice(AREAS), "The location of the viewers.")
@_assumption("--region", click.Choice(REGIONS), "The Region of the buckets and of Origin Shield.")
@_assumption(
    "--shield-per-miss", DecimalRange(0, 100), "Billed Origin Shield requests per miss; 0 without Origin Shield."
)
@_assumption("--invalidations", Amount(), "Invalidated paths and tags per month.")
@_assumption("--render-ms", DecimalRange(0, 30_000), "The mean duration of the edge function for a rendition, in ms.")
@_assumption("--memory", IntegerRange(128, 10_240), "The memory of the edge function in MB.")
@_assumption("--passthrough-rate", Share(), "The share of misses that are for unchanged originals.")
@_assumption("--stored-rate", Share(), "The share of renditions that are too large for one response.")
@_assumption("--originals", Amount(), "The number of originals.")
@_assumption("--original-bytes", Amount(), "The mean size of an original.")
@_assumption("--encryption", click.Choice(("s3", "kms")), "The encryption of the originals: SSE-S3 or SSE-KMS.")
@_assumption("--kms-per-read", DecimalRange(0, 1), "KMS requests per S3 request, with --encryption kms.")
@_assumption("--access-log-days", IntegerRange(1, 3650), "The retention of the access log in days.")
@click.option(
    "--firewall/--no-firewall", default=True, show_default=True, help="Whether the stack has a firewall (AWS WAF)."
)
@click.option(
    "--access-logs/--no-access-logs", default=True, show_default=True, help="Whether CloudFront writes access logs."
)
@click.option(
    "--monitoring/--no-monitoring",
    default=True,
    show_default=True,
    help="Whether the stack has metrics of its own, alarms and dashboards.",
)
@click.option(
    "--additional-metrics/--no-additional-metrics",
    default=True,
    show_default=True,
    help="Whether CloudFront publishes additional metrics.",
)
@click.option(
    "--request-metrics/--no-request-metrics",
    default=True,
    show_default=True,
    help="Whether S3 publishes request metrics.",
)
@_assumption("--edge-regions", IntegerRange(1, 13), "The Regions in which the edge function runs: 1 or 13.")
@click.option("--free-tier/--no-free-tier", default=True, show_default=True, help="Whether to subtract the free tier.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list with one object per number of requests.")
@debug_option
def cost(*, requests: Sequence[int], more_requests: Sequence[int], as_json: bool, **assumptions: Any) -> int:
    """Estimate the monthly cost of a stack from AWS list prices.

    For one number of requests, the command prints the calculation of each item. For several numbers, the command prints
    a column for each number. The command sends no requests.
    """
    if more_requests and not requests:
        raise click.UsageError(
            f"Got unexpected extra argument ({more_requests[0]}): give numbers of requests after --requests",
            click.get_current_context(),
        )
    volumes = (*requests, *more_requests) or (_DEFAULTS.requests,)
    estimates = [estimate_month(Assumptions(requests=volume, **assumptions)) for volume in volumes]
    if as_json:
        output.print_json([to_dict(estimate) for estimate in estimates])
    else:
        output.print_line(detailed_report(estimates[0]) if len(estimates) == 1 else side_by_side(estimates))
    return 0
