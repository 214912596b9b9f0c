"""The command `page`, which sends a test page and shows who would get it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

import click

from ops.aws.alert_topics import Recipients, find_recipients, publish_test, topics
from ops.aws.stack import load_stack
from ops.console import output
from ops.console.stack_options import StackSelection, json_option, stack_options
from ops.errors import Failed, Usage

_NOBODY: Final = "NOBODY"


@click.command(short_help="Send a test page, and show who gets it.")
@click.option("--urgent", is_flag=True, help="Use the topics that page at any hour.")
@click.option("--routine", is_flag=True, help="Use the topics that can wait for business hours.")
@click.option("--test", is_flag=True, help="Publish a message that is marked as a test.")
@json_option
@stack_options
def page(*, urgent: bool, routine: bool, test: bool, as_json: bool, selection: StackSelection) -> int:
    """Send a test page to everybody who gets the alarms of this urgency, in each Region that has such alarms.

    The command shows for each Region who is subscribed, and who has not confirmed the subscription. The exit status is
    1 if in a Region nobody would get a page.
    """
    if urgent == routine:
        raise Usage("use either --urgent or --routine")
    if not test:
        raise Usage("alarms send pages, and operators send only test pages: add --test")
    stack = load_stack(selection)
    urgency = "urgent" if urgent else "routine"
    arns = topics(stack, urgency)
    if not arns:
        raise Failed(
            f"the stack has no topic for {urgency} alarms: set monitoring to true, and run pulumi up (docs/config.md)"
        )
    recipients = [find_recipients(stack, region, topic) for region, topic in arns.items()]
    now = datetime.now(UTC)
    ids = {region: publish_test(stack, urgency, region, topic, now) for region, topic in arns.items()}
    if as_json:
        output.print_json(
            [asdict(row) | {"topic": arns[row.region], "message_id": ids[row.region]} for row in recipients]
        )
    else:
        _print(urgency, recipients)
    return 0 if all(row.confirmed for row in recipients) else Failed.status


def _print(urgency: str, recipients: Sequence[Recipients]) -> None:
    rows = [(row.region, ", ".join(row.confirmed) or _NOBODY, ", ".join(row.pending) or "none") for row in recipients]
    output.print_table(("Region", "sent to", "not confirmed"), rows)
    if any(row.pending for row in recipients):
        output.print_line(
            "\nA recipient who has not confirmed gets nothing: they open the link in the message of SNS with the "
            "subject AWS Notification - Subscription Confirmation. The link is valid for two days."
        )
    if silent := [row.region for row in recipients if not row.confirmed and not row.pending]:
        regions = ", ".join(silent)
        output.print_line(
            f"\nNobody is subscribed in {regions}: set {urgency}Recipients (docs/config.md), and run pulumi up."
        )
