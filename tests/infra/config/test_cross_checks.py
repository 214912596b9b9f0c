"""Values that are valid alone but not in combination are refused."""

import pytest

from common.contract import PROJECT
from edge import deadline, s3_client
from infra.config.loader import parse_config
from tests.support.configurations import full_keys, list_problems, parse_keys

UPLOADERS = '["arn:aws:iam::123456789012:role/cms"]'


def test_size_when_larger_than_max_dimension_is_refused() -> None:
    values = {"sizes": "[320, 2048]", "maxDimension": "1024"}

    assert list_problems(full_keys(values)) == [f"{PROJECT}:sizes: 2048 is larger than maxDimension, 1024"]


def test_max_pixels_when_they_exceed_the_memory_are_refused() -> None:
    values = {"maxPixels": "200000000", "maxBytes": "50000000"}

    assert list_problems(full_keys(values)) == [
        f"{PROJECT}:maxPixels: 200000000 needs 2592 MB of memory, but memory is 1769: "
        "set memory to 2592 or more, or lower maxPixels"
    ]
    assert parse_keys(maxPixels="200000000", memory="2592").max_pixels == 200_000_000


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        pytest.param(
            {"domain": "images.example.com"},
            "domain: images.example.com needs hostedZone, the id of the hosted zone for its DNS records: "
            "set hostedZone to an id that `aws route53 list-hosted-zones-by-name` prints",
            id="domain without hosted zone",
        ),
        pytest.param(
            {"warmWidths": "[320, 5000]"},
            "warmWidths: 5000 is larger than maxDimension, 4096",
            id="warm width above max dimension",
        ),
        pytest.param(
            {"timeout": "15"},
            "renderTimeout: 12 needs a timeout of 20 seconds, but timeout is 15: "
            "set timeout to 20 or more, or lower renderTimeout",
            id="render timeout near the timeout",
        ),
        pytest.param(
            {"hostedZone": "Z1D633PJN98FT9"},
            "hostedZone: Z1D633PJN98FT9 needs domain, the domain name that viewers use: "
            "set domain, or remove hostedZone",
            id="hosted zone without domain",
        ),
        pytest.param(
            {"uploaders": UPLOADERS},
            "uploaders: encryption is s3, so there is no KMS key: set encryption to kms, or remove uploaders",
            id="uploaders without key",
        ),
        pytest.param(
            {"transitionDays": "29"},
            "transitionDays: 29 is too early for STANDARD_IA: use 30 or more, or 0 for never",
            id="transition within a month",
        ),
        pytest.param(
            {"firewall": "false", "firewallCount": '["rate"]'},
            "firewallCount: firewall is false: set firewall to true, or remove firewallCount",
            id="counting rules without firewall",
        ),
    ],
)
def test_combination_when_contradictory_is_refused(values: dict[str, str], problem: str) -> None:
    assert list_problems(full_keys(values)) == [f"{PROJECT}:{problem}"]


def test_combination_when_consistent_is_accepted() -> None:
    assert parse_keys(domain="images.example.com", hostedZone="Z1D633PJN98FT9").hosted_zone == "Z1D633PJN98FT9"
    assert parse_keys(encryption="kms", uploaders='["arn:aws:iam::123456789012:role/team/cms"]').uploaders
    assert parse_keys(transitionDays="1", transitionClass="GLACIER_IR").transition_days == 1
    assert parse_keys(transitionDays="30", transitionClass="STANDARD_IA").transition_days == 30


def test_longest_render_timeout_leaves_time_for_s3_and_the_answer() -> None:
    """One attempt to read or to write may end without a response, and be repeated."""
    config = parse_keys(timeout="30", renderTimeout="22")

    assert config.timeout - config.render_timeout > s3_client._TIMEOUT + deadline._ANSWER_SECONDS
    assert list_problems(full_keys({"timeout": "30", "renderTimeout": "23"}))


def test_region_when_without_origin_shield_needs_it_to_be_off() -> None:
    region = {"aws:region": "eu-central-2"}

    (problem,) = list_problems(region)
    assert problem.startswith(
        "aws:region: AWS names no Origin Shield Region for eu-central-2: set originShield to false, or use"
    )
    without_origin_shield = region | {f"{PROJECT}:originShield": "false"}
    assert parse_config(without_origin_shield, project=PROJECT, stack="dev").region == "eu-central-2"
