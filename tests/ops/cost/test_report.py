import json
import re

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.report import detailed_report, side_by_side, to_dict

LARGE = estimate_month(Assumptions(requests=100_000_000))
HUGE = Assumptions(requests=10_000_000_000)
IDLE = estimate_month(Assumptions(requests=0, originals=0, firewall=False, monitoring=False))


def test_every_printed_row_adds_up() -> None:
    rows = re.findall(
        r"^.{29} +([\d,.]+)  +(\d+\.\d+)  (?:([\d,]+) )?[\w -]+?  +([\d,.]+)$",
        detailed_report(LARGE),
        re.MULTILINE,
    )

    assert len(rows) == len(LARGE.lines)
    for texts in rows:
        quantity, price, per, usd = (float(text.replace(",", "") or 0) for text in texts)
        assert abs(quantity * price / (per or 1) - usd) < 0.006


def test_every_quantity_has_its_calculation_and_its_free_part() -> None:
    text = detailed_report(LARGE)

    assert re.search(r"^CloudFront requests +requests - 10,000,000 HTTPS requests free$", text, re.MULTILINE)
    assert re.search(r"^S3 GET by CloudFront +misses$", text, re.MULTILINE)


def test_large_sums_have_thousands_separators() -> None:
    huge = estimate_month(HUGE)

    assert re.search(r"^total +46,847\.35$", detailed_report(huge), re.MULTILINE)
    assert re.search(r"^total +537\.29 +46,847\.35$", side_by_side([LARGE, huge]), re.MULTILINE)
    assert "  no firewall             -6,009.30" in detailed_report(huge)


def test_estimates_that_do_not_fit_continue_in_another_table() -> None:
    text = side_by_side([LARGE] * 9)

    assert [line.count("100,000,000") for line in text.splitlines() if "by requests" in line] == [5, 4]
    assert max(len(line) for line in text.splitlines()) <= 100


def test_price_tiers_of_a_larger_estimate_are_in_their_order() -> None:
    items = [line.partition("  ")[0] for line in side_by_side([LARGE, estimate_month(HUGE)]).splitlines()]

    tier = items.index("CloudFront transfer, to 50 TB")
    assert items[tier - 1] == "CloudFront transfer, to 10 TB"


def test_unconfirmed_prices_are_listed() -> None:
    kms = Assumptions(encryption="kms", monitoring=False)

    assert detailed_report(estimate_month(kms)).endswith(
        "unconfirmed prices in eu-central-1: KMS requests, Origin Shield"
    )
    assert "unconfirmed" not in detailed_report(estimate_month(Assumptions(region="us-east-1", monitoring=False)))


def test_an_empty_estimate_has_no_shares_and_no_savings() -> None:
    text = detailed_report(IDLE)

    assert re.search(r"^USD per 1,000 requests +-$", text, re.MULTILINE)
    assert "possible savings" not in text
    assert "%" not in text.partition("share of")[2]


def test_estimates_side_by_side_show_totals_without_free_tier() -> None:
    text = side_by_side([IDLE, LARGE])

    assert re.search(r"^total +0\.00 +537\.29$", text, re.MULTILINE)
    assert re.search(r"^total without the free tier +0\.00 +644\.84$", text, re.MULTILINE)
    assert "without" not in side_by_side([estimate_month(Assumptions(free_tier=False))] * 2)


def test_the_dict_can_be_serialized_as_json() -> None:
    assert json.loads(json.dumps(to_dict(LARGE)))["groups"]["firewall"] == 69
    assert to_dict(IDLE)["per_thousand_requests"] is None
