import re

import pytest

from ops.cost.price_list import (
    ALLOWANCES,
    AREAS,
    COLLECTED_ON,
    PRICES,
    REGIONS,
    Allowance,
    Confidence,
    Price,
    find_price,
    free_quantity,
)

DATE = re.compile(r"20\d\d(-\d\d){0,2}|undated")


@pytest.mark.parametrize("entry", [*PRICES, *ALLOWANCES], ids=lambda entry: f"{entry.item}, {entry.as_of}")
def test_every_entry_has_a_source_a_date_and_a_confidence(entry: Price | Allowance) -> None:
    assert DATE.fullmatch(entry.as_of)
    assert entry.as_of[:4] == "unda" or entry.as_of <= COLLECTED_ON
    assert entry.source
    assert entry.confidence in list(Confidence)
    assert entry.source.startswith("https://") or entry.confidence is not Confidence.AWS_PAGE


@pytest.mark.parametrize("entry", PRICES, ids=lambda entry: f"{entry.item}, {entry.location}")
def test_every_price_is_positive_and_has_a_known_location(entry: Price) -> None:
    assert entry.location in {"all", *REGIONS, *AREAS}
    assert entry.usd > 0
    assert entry.per >= 1


def test_every_item_has_one_price_per_location() -> None:
    assert len({(entry.item, entry.location) for entry in PRICES}) == len(PRICES)
    for item in {entry.item for entry in PRICES}:
        assert {entry.location for entry in PRICES if entry.item == item} in ({"all"}, {*REGIONS}, {*AREAS})


def test_a_price_is_found_by_location_or_for_everywhere() -> None:
    assert find_price("S3 storage", "eu-central-1").usd == 0.0245
    assert find_price("S3 storage", "us-east-1").usd == 0.023
    assert find_price("WAF rules", "eu-central-1").usd == 1
    with pytest.raises(KeyError, match="there is no price of S3 storage in mars-1"):
        find_price("S3 storage", "mars-1")


def test_the_priced_unit_is_singular_for_one_unit() -> None:
    units = [find_price(item).priced_unit for item in ("Invalidations", "Lambda@Edge duration", "WAF requests")]

    assert units == ["path", "GB-s", "1,000,000 requests"]


def test_every_allowance_belongs_to_a_price() -> None:
    items = {entry.item for entry in PRICES}

    assert all(any(item.startswith(entry.item) for item in items) for entry in ALLOWANCES)
    assert free_quantity("CloudFront requests") == 10_000_000
    assert free_quantity("Lambda@Edge requests") == 0
