import re

import pytest

from ops.cost.price_list import (
    ALLOWANCES,
    AREAS,
    COLLECTED_ON,
    CONFIDENCE,
    PRICES,
    REGIONS,
    Allowance,
    Price,
    find_price,
    free_quantity,
)

DATE = re.compile(r"20\d\d(-\d\d){0,2}|undated")


@pytest.mark.parametrize("known", [*PRICES, *ALLOWANCES], ids=lambda known: f"{known.item}, {known.as_of}")
def test_everything_has_a_source_with_its_date_and_how_far_to_trust_it(known: Price | Allowance) -> None:
    assert DATE.fullmatch(known.as_of)
    assert known.as_of[:4] == "unda" or known.as_of <= COLLECTED_ON
    assert known.source
    assert known.confidence in CONFIDENCE
    assert known.source.startswith("https://") or known.confidence != "A"


@pytest.mark.parametrize("known", PRICES, ids=lambda known: f"{known.item}, {known.location}")
def test_a_price_is_of_somewhere_and_more_than_nothing(known: Price) -> None:
    assert known.location in {"all", *REGIONS, *AREAS}
    assert known.usd > 0
    assert known.per >= 1


def test_an_item_has_one_price_wherever_it_has_one() -> None:
    assert len({(known.item, known.location) for known in PRICES}) == len(PRICES)
    for item in {known.item for known in PRICES}:
        assert {known.location for known in PRICES if known.item == item} in ({"all"}, {*REGIONS}, {*AREAS})


def test_the_price_of_the_place_is_found_or_that_of_everywhere() -> None:
    assert find_price("S3 storage", "eu-central-1").usd == 0.0245
    assert find_price("S3 storage", "us-east-1").usd == 0.023
    assert find_price("WAF rules", "eu-central-1").usd == 1
    with pytest.raises(KeyError, match="there is no price of S3 storage in mars-1"):
        find_price("S3 storage", "mars-1")


def test_what_a_price_buys_is_singular_where_it_is_one() -> None:
    bought = [find_price(item).priced_unit for item in ("Invalidations", "Lambda@Edge duration", "WAF requests")]

    assert bought == ["path", "GB-s", "1,000,000 requests"]


def test_what_is_free_goes_with_a_price() -> None:
    items = {known.item for known in PRICES}

    assert all(any(item.startswith(known.item) for item in items) for known in ALLOWANCES)
    assert free_quantity("CloudFront requests") == 10_000_000
    assert free_quantity("Lambda@Edge requests") == 0
