import json
import re

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import estimate_month
from ops.cost.report import detailed_report, side_by_side, to_dict

LARGE = estimate_month(Assumptions(requests=100_000_000))
IDLE = estimate_month(Assumptions(requests=0, originals=0, firewall=False))


def test_every_line_can_be_worked_out_from_what_it_shows() -> None:
    rows = re.findall(
        r"^.{29} +([\d,.]+)  [\w -]+?(?:  +([\d,.]+))?  +(\d+\.\d+)  per (?:([\d,]+) )?[\w -]+?  +([\d.]+)  ",
        detailed_report(LARGE),
        re.MULTILINE,
    )

    assert len(rows) == len(LARGE.lines)
    for texts in rows:
        quantity, free, price, per, usd = (float(text.replace(",", "") or 0) for text in texts)
        assert abs((quantity - free) * price / (per or 1) - usd) < 0.006


def test_a_price_that_nobody_confirms_is_named() -> None:
    kms = Assumptions(encryption="kms")

    assert detailed_report(estimate_month(kms)).endswith(
        "no source confirms the price in eu-central-1 of: KMS requests, Origin Shield"
    )
    assert "confirms" not in detailed_report(estimate_month(Assumptions(region="us-east-1")))


def test_nothing_has_no_shares_and_nothing_to_save() -> None:
    text = detailed_report(IDLE)

    assert re.search(r"^USD per 1,000 requests +-$", text, re.MULTILINE)
    assert "it would be less" not in text
    assert "%" not in text.partition("share of")[2]


def test_estimates_stand_side_by_side_with_what_they_are_without_the_free_tier() -> None:
    text = side_by_side([IDLE, LARGE])

    assert re.search(r"^total +0\.00 +519\.73$", text, re.MULTILINE)
    assert re.search(r"^total without the free tier +0\.00 +619\.13$", text, re.MULTILINE)
    assert "without" not in side_by_side([estimate_month(Assumptions(free_tier=False))] * 2)


def test_what_programs_get_is_json() -> None:
    assert json.loads(json.dumps(to_dict(LARGE)))["groups"]["firewall"] == 69
    assert to_dict(IDLE)["per_thousand_requests"] is None
