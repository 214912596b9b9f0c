"""Comparison of estimates with sums that were calculated manually from AWS's prices."""

from dataclasses import replace

import pytest

from ops.cost.assumptions import Assumptions
from ops.cost.estimate import Estimate, Group, estimate_month

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
EXPECTED = {
    "CloudFront requests": 20.00,  # 20 M x 0.01 / 10,000
    "CloudFront transfer, to 10 TB": 85.00,  # 1,000 GB x 0.085
    "CloudFront Function": 2.00,  # 20 M x 0.10
    "Origin Shield": 0.75,  # 1 M x 0.0075 / 10,000
    "Invalidations": 15.00,  # 3,000 x 0.005
    "Lambda@Edge requests": 1.20,  # 2 M x 0.60
    "Lambda@Edge duration": 5.10102,  # (1 M x 0.1 s + 1 M x 0.002 s) x 1 GB x 0.00005001
    "S3 GET by the edge function": 0.40,  # 1 M x 0.0004 / 1,000
    "S3 PUT of stored renditions": 0.05,  # 10,000 x 0.005 / 1,000
    "CloudWatch Logs": 0.90,  # 2 M x 900 bytes = 1.8 GB x 0.50
    "S3 storage of originals": 46.00,  # 2,000 GB x 0.023
    "S3 GET by CloudFront": 0.80,  # 2 M x 0.0004 / 1,000
    "KMS key": 1.00,
    "KMS requests": 9.03,  # (2 M + 1 M + 10,000) x 0.03 / 10,000
    "WAF web ACL": 5.00,
    "WAF rules": 4.00,
    "WAF requests": 12.00,  # 20 M x 0.60
    "S3 storage of the access log": 0.552,  # 20 M x 600 bytes = 12 GB a month, two months, x 0.023
    "KMS keys of topics": 1.00,  # only us-east-1 has topics
    "Custom metrics": 12.00,  # (16 + 8 + 16) x 0.30
    "Alarm metrics": 4.70,  # (27 + 13 + 2 + 3 + 2) x 0.10
    "Composite alarms": 1.50,  # 3 x 0.50
    "Dashboards, above 50 metrics": 3.00,
    "Dashboards, to 50 metrics": 3.00,
    "Contributor Insights rules": 0.50,
    "Contributor Insights events": 0.02,  # 1 M x 0.02
    "Logs Insights": 0.09,  # 1.8 GB, read ten times, x 0.005
}


def usd(estimate: Estimate) -> dict[str, float]:
    return {line.item: line.usd for line in estimate.lines}


def test_every_line_item_equals_a_manual_calculation() -> None:
    assert usd(estimate_month(SMALL)) == pytest.approx(EXPECTED)


def test_totals_are_sums_of_the_line_items() -> None:
    estimate = estimate_month(SMALL)

    assert estimate.total == pytest.approx(sum(EXPECTED.values()))
    assert sum(estimate.group_total(group) for group in Group) == pytest.approx(estimate.total)
    assert estimate.group_total(Group.FIREWALL) == pytest.approx(21)
    assert estimate.per_thousand_requests == pytest.approx(sum(EXPECTED.values()) / 20_000)


def test_the_free_tier_reduces_only_its_items() -> None:
    savings = {
        item: EXPECTED[item] - cost for item, cost in usd(estimate_month(replace(SMALL, free_tier=True))).items()
    }

    assert {item: round(value, 6) for item, value in savings.items() if round(value, 6)} == {
        "CloudFront requests": 10.00,
        "CloudFront transfer, to 10 TB": 85.00,  # all 1,000 GB
        "CloudFront Function": 0.20,
        "Invalidations": 5.00,
        "KMS requests": 0.06,
        "CloudWatch Logs": 0.90,
        "Custom metrics": 3.00,
        "Alarm metrics": 1.00,
        "Dashboards, to 50 metrics": 3.00,
        "Contributor Insights rules": 0.50,
        "Contributor Insights events": 0.02,
    }


def test_europe_has_different_prices() -> None:
    europe = usd(estimate_month(replace(SMALL, viewers="europe", region="eu-central-1")))

    assert europe["CloudFront requests"] == pytest.approx(24)
    assert europe["S3 storage of originals"] == pytest.approx(49)
    assert europe["Origin Shield"] == pytest.approx(0.90)


def test_transfer_is_split_into_price_tiers() -> None:
    estimate = estimate_month(Assumptions(requests=10**9, response_bytes=200_000))
    tiers = {line.item: (line.quantity, line.free, line.usd) for line in estimate.lines if "transfer" in line.item}

    assert tiers == {
        "CloudFront transfer, to 10 TB": (10_000, 1_000, pytest.approx(9_000 * 0.085)),
        "CloudFront transfer, to 50 TB": (40_000, 0, pytest.approx(40_000 * 0.080)),
        "CloudFront transfer, to 150 TB": (100_000, 0, pytest.approx(100_000 * 0.060)),
        "CloudFront transfer, to 500 TB": (50_000, 0, pytest.approx(50_000 * 0.040)),
    }


def test_transfer_beyond_the_last_tier_is_counted() -> None:
    estimate = estimate_month(Assumptions(requests=10**9, response_bytes=10_000_000))
    tiers = [line.quantity for line in estimate.lines if "transfer" in line.item]

    assert sum(tiers) == 10_000_000
    assert tiers[-1] == 10_000_000 - 5_120_000


@pytest.mark.parametrize("free_tier", [True, False])
@pytest.mark.parametrize("encryption", ["s3", "kms"])
def test_more_requests_never_cost_less(free_tier: bool, encryption: str) -> None:
    volumes = [0, 1, 1_000, 10**6, 9_999_999, 10**7, 10**7 + 1, 3 * 10**8, 10**9, 10**11]
    assumptions = Assumptions(free_tier=free_tier, encryption=encryption)
    totals = [estimate_month(replace(assumptions, requests=requests)).total for requests in volumes]

    assert totals == sorted(totals)


@pytest.mark.parametrize(
    "change", [{"hit_rate": 1.0}, {"response_bytes": 1}, {"render_ms": 1.0}, {"passthrough_rate": 1.0}]
)
def test_less_work_always_costs_less(change: dict[str, float]) -> None:
    assumptions = Assumptions(requests=10**8)

    assert estimate_month(replace(assumptions, **change)).total < estimate_month(assumptions).total


def test_without_requests_only_firewall_keys_and_monitoring_cost() -> None:
    idle = Assumptions(requests=0, originals=0, monitoring=False)

    assert estimate_month(idle).total == 9
    assert estimate_month(replace(idle, encryption="kms")).total == 9 + 1 + 1
    assert estimate_month(replace(idle, firewall=False)).total == 0
    assert estimate_month(idle).per_thousand_requests is None
    assert estimate_month(replace(idle, monitoring=True)).total == pytest.approx(9 + 17.2)
    assert estimate_month(replace(idle, monitoring=True)).group_total(Group.MONITORING) == pytest.approx(17.2)


def test_each_further_region_adds_metrics_alarms_and_a_rule() -> None:
    two, three = (estimate_month(Assumptions(edge_regions=count)) for count in (2, 3))

    assert three.total - two.total == pytest.approx(16 * 0.30 + 27 * 0.10 + 0.50 + 0.50)
