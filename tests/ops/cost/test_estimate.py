"""Sums that were worked out by hand, from the prices of AWS's pages."""

from dataclasses import replace

import pytest

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import GROUPS, Estimate, estimate_month

SMALL = Assumptions(
    requests=20_000_000,
    hit_rate=0.9,
    response_bytes=50_000,
    viewers="us",
    region="us-east-1",
    shield_per_miss=0.5,
    invalidations=3_000,
    render_ms=100,
    memory=1024,
    passthrough_rate=0.5,
    stored_rate=0.01,
    originals=1_000_000,
    original_bytes=2_000_000,
    encryption="kms",
    kms_per_read=1,
    access_log_days=60,
    free_tier=False,
)
BY_HAND = {
    "CloudFront requests": 20.00,  # 20 M x 0.01 / 10,000
    "CloudFront transfer, to 10 TB": 85.00,  # 1,000 GB x 0.085
    "CloudFront Function": 2.00,  # 20 M x 0.10
    "Origin Shield": 0.75,  # 1 M x 0.0075 / 10,000
    "Invalidations": 15.00,  # 3,000 x 0.005
    "Lambda@Edge requests": 1.20,  # 2 M x 0.60
    "Lambda@Edge duration": 5.10102,  # (1 M x 0.1 s + 1 M x 0.002 s) x 1 GB x 0.00005001
    "S3 GET by the function": 0.40,  # 1 M x 0.0004 / 1,000
    "S3 PUT of what is too large": 0.05,  # 10,000 x 0.005 / 1,000
    "CloudWatch Logs": 0.70,  # 2 M x 700 bytes = 1.4 GB x 0.50
    "S3 storage of originals": 46.00,  # 2,000 GB x 0.023
    "S3 GET by CloudFront": 0.80,  # 2 M x 0.0004 / 1,000
    "KMS key": 1.00,
    "KMS requests": 9.03,  # (2 M + 1 M + 10,000) x 0.03 / 10,000
    "WAF web ACL": 5.00,
    "WAF rules": 4.00,
    "WAF requests": 12.00,  # 20 M x 0.60
    "S3 storage of the access log": 0.552,  # 20 M x 600 bytes = 12 GB a month, two months, x 0.023
}


def usd(found: Estimate) -> dict[str, float]:
    return {line.item: line.usd for line in found.lines}


def test_every_line_is_what_it_is_by_hand() -> None:
    assert usd(estimate_month(SMALL)) == pytest.approx(BY_HAND)


def test_total_groups_and_a_thousand_pictures_are_sums_of_the_lines() -> None:
    found = estimate_month(SMALL)

    assert found.total == pytest.approx(sum(BY_HAND.values()))
    assert sum(found.group_total(group) for group in GROUPS) == pytest.approx(found.total)
    assert found.group_total("firewall") == pytest.approx(21)
    assert found.per_thousand_requests == pytest.approx(sum(BY_HAND.values()) / 20_000)


def test_what_is_free_is_not_charged_and_no_more_than_that() -> None:
    spared = {item: BY_HAND[item] - cost for item, cost in usd(estimate_month(replace(SMALL, free_tier=True))).items()}

    assert {item: round(value, 6) for item, value in spared.items() if round(value, 6)} == {
        "CloudFront requests": 10.00,
        "CloudFront transfer, to 10 TB": 85.00,  # all 1,000 GB
        "CloudFront Function": 0.20,
        "Invalidations": 5.00,
        "KMS requests": 0.06,
        "CloudWatch Logs": 0.70,
    }


def test_europe_has_its_own_prices() -> None:
    europe = usd(estimate_month(replace(SMALL, viewers="europe", region="eu-central-1")))

    assert europe["CloudFront requests"] == pytest.approx(24)
    assert europe["S3 storage of originals"] == pytest.approx(49)
    assert europe["Origin Shield"] == pytest.approx(0.90)


def test_transfer_falls_in_price_band_by_band() -> None:
    found = estimate_month(Assumptions(requests=10**9, response_bytes=200_000))
    bands = {line.item: (line.quantity, line.free, line.usd) for line in found.lines if "transfer" in line.item}

    assert bands == {
        "CloudFront transfer, to 10 TB": (10_000, 1_000, pytest.approx(9_000 * 0.085)),
        "CloudFront transfer, to 50 TB": (40_000, 0, pytest.approx(40_000 * 0.080)),
        "CloudFront transfer, to 150 TB": (100_000, 0, pytest.approx(100_000 * 0.060)),
        "CloudFront transfer, to 500 TB": (50_000, 0, pytest.approx(50_000 * 0.040)),
    }


def test_beyond_the_last_band_nothing_is_lost() -> None:
    found = estimate_month(Assumptions(requests=10**9, response_bytes=10_000_000))
    bands = [line.quantity for line in found.lines if "transfer" in line.item]

    assert sum(bands) == 10_000_000
    assert bands[-1] == 10_000_000 - 5_120_000


@pytest.mark.parametrize("free_tier", [True, False])
@pytest.mark.parametrize("encryption", ["s3", "kms"])
def test_more_requests_never_cost_less(free_tier: bool, encryption: str) -> None:
    volumes = [0, 1, 1_000, 10**6, 9_999_999, 10**7, 10**7 + 1, 3 * 10**8, 10**9, 10**11]
    given = Assumptions(free_tier=free_tier, encryption=encryption)
    totals = [estimate_month(replace(given, requests=requests)).total for requests in volumes]

    assert totals == sorted(totals)


@pytest.mark.parametrize(
    "better", [{"hit_rate": 1.0}, {"response_bytes": 1}, {"render_ms": 1.0}, {"passthrough_rate": 1.0}]
)
def test_less_to_do_never_costs_more(better: dict[str, float]) -> None:
    given = Assumptions(requests=10**8)

    assert estimate_month(replace(given, **better)).total < estimate_month(given).total


def test_without_requests_the_firewall_and_the_key_are_left() -> None:
    idle = Assumptions(requests=0, originals=0)

    assert estimate_month(idle).total == 9
    assert estimate_month(replace(idle, encryption="kms")).total == 10
    assert estimate_month(replace(idle, firewall=False)).total == 0
    assert estimate_month(idle).per_thousand_requests is None
