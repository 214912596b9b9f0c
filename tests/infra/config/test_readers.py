"""Each key of the configuration has a reader that accepts the documented values and refuses others."""

from dataclasses import replace

import pytest

from common.contract import PROJECT
from infra.config.stack_config import ConfigError, StackConfig
from tests.support.configurations import full_keys, list_problems, parse_keys


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("maxDimension", "8192", {"max_dimension": 8192}),
        ("sizes", "[320, 640, 1280]", {"sizes": (320, 640, 1280)}),
        ("sizes", "[]", {"sizes": ()}),
        ("format", "original", {"format": "original"}),
        ("formats", '["avif", "webp"]', {"formats": ("avif", "webp")}),
        ("formats", "[]", {"formats": ()}),
        ("maxBytes", "1", {"max_bytes": 1}),
        ("maxPixels", "1", {"max_pixels": 1}),
        ("maxFrames", "2", {"max_frames": 2}),
        ("warmWidths", "[320, 640]", {"warm_widths": (320, 640)}),
        ("browserTtl", "0", {"browser_ttl": 0}),
        ("cdnTtl", "31536000", {"cdn_ttl": 31_536_000}),
        ("memory", "10240", {"memory": 10_240}),
        ("timeout", "30", {"timeout": 30}),
        ("logRetention", "3653", {"log_retention": 3653}),
        ("priceClass", "PriceClass_100", {"price_class": "PriceClass_100"}),
        ("encryption", "kms", {"encryption": "kms"}),
        ("versionDays", "3650", {"version_days": 3650}),
        ("transitionDays", "31", {"transition_days": 31}),
        ("transitionClass", "GLACIER_IR", {"transition_class": "GLACIER_IR"}),
        ("protect", "false", {"protect": False}),
        ("edgeVersion", "12", {"edge_version": 12}),
        ("originShield", "false", {"origin_shield": False}),
        ("firewall", "false", {"firewall": False}),
        ("firewallCount", '["rate", "common"]', {"firewall_count": ("rate", "common")}),
        ("rateLimit", "10", {"rate_limit": 10}),
        ("accessLogs", "parquet", {"access_logs": "parquet"}),
        ("bucketLogs", "true", {"bucket_logs": True}),
        ("accessLogDays", "1", {"access_log_days": 1}),
        ("budget", "0", {"budget": 0}),
        ("monitoring", "false", {"monitoring": False}),
        ("additionalMetrics", "false", {"additional_metrics": False}),
        ("requestMetrics", "false", {"request_metrics": False}),
        ("thresholds", '{"rejectedShare": 2.5}', {"thresholds": {"rejectedShare": 2.5}}),
        ("runbookUrl", "https://git.example.com/runbooks", {"runbook_url": "https://git.example.com/runbooks"}),
        ("urgentRecipients", '["a.b+c@example.com"]', {"urgent_recipients": ("a.b+c@example.com",)}),
        (
            "routineRecipients",
            '["slack:T07EA123LEP/C07EZ1ABC23"]',
            {"routine_recipients": ("slack:T07EA123LEP/C07EZ1ABC23",)},
        ),
        ("owner", "Bilder + Töne", {"owner": "Bilder + Töne"}),
        ("costCenter", "4711", {"cost_center": "4711"}),
        ("bundleTarget", "host", {"bundle_target": "host"}),
    ],
)
def test_parse_config_when_value_is_valid_sets_the_field(name: str, text: str, expected: dict[str, object]) -> None:
    assert parse_keys(**{name: text}) == replace(StackConfig(region="eu-central-1"), **expected)


def test_tag_value_when_it_contains_an_ampersand_is_refused() -> None:
    with pytest.raises(ConfigError):
        parse_keys(owner="Bilder & Töne")


WHOLE_NUMBER = "is not a whole number from"
LIST_OF_SIZES = "is not a list of whole numbers from 1 to 8192"
NOT_ASCENDING = "is not in ascending order without duplicates"
LIST_OF_FORMATS = "is not a list of avif, webp, each at most once"
LIST_OF_PRINCIPALS = "is not a list of ARNs of IAM roles or users"
DOMAIN = "is not a domain name in lower case, such as images.example.com"
TAG_VALUE = "is not the value of an AWS tag: 1 to 256 letters, digits, spaces and . : / = + @ _ -"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("maxDimension", "0", f"{WHOLE_NUMBER} 1 to 8192"),
        ("maxDimension", "8193", f"{WHOLE_NUMBER} 1 to 8192"),
        ("maxDimension", "-1", f"{WHOLE_NUMBER} 1 to 8192"),
        ("maxDimension", "4096.0", f"{WHOLE_NUMBER} 1 to 8192"),
        ("maxDimension", "wide", f"{WHOLE_NUMBER} 1 to 8192"),
        ("maxDimension", "٤٠٩٦", f"{WHOLE_NUMBER} 1 to 8192"),
        ("sizes", "320", LIST_OF_SIZES),
        ("sizes", "320, 640", LIST_OF_SIZES),
        ("sizes", '["320"]', LIST_OF_SIZES),
        ("sizes", "[true]", LIST_OF_SIZES),
        ("sizes", "[0, 320]", LIST_OF_SIZES),
        ("sizes", "[640, 320]", NOT_ASCENDING),
        ("sizes", "[320, 320]", NOT_ASCENDING),
        ("format", "jpg", "is not one of auto, original, jpeg, png, webp, avif"),
        ("formats", '["jpeg"]', LIST_OF_FORMATS),
        ("formats", '["webp", "webp"]', LIST_OF_FORMATS),
        ("formats", "[[]]", LIST_OF_FORMATS),
        ("formats", "webp", LIST_OF_FORMATS),
        ("browserTtl", "-1", f"{WHOLE_NUMBER} 0 to 31536000"),
        ("memory", "127", f"{WHOLE_NUMBER} 128 to 10240"),
        ("timeout", "31", f"{WHOLE_NUMBER} 9 to 30"),
        ("encryption", "aws:kms", "is not one of s3, kms"),
        ("uploaders", '["arn:aws:iam::1:role/cms"]', LIST_OF_PRINCIPALS),
        ("uploaders", '["*"]', LIST_OF_PRINCIPALS),
        ("uploaders", "arn:aws:iam::123456789012:role/cms", LIST_OF_PRINCIPALS),
        ("uploaders", "[[]]", LIST_OF_PRINCIPALS),
        ("versionDays", "0", f"{WHOLE_NUMBER} 1 to 3650"),
        ("transitionClass", "GLACIER", "is not one of STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR"),
        ("edgeVersion", "$LATEST", f"{WHOLE_NUMBER} 0 to 1000000"),
        ("domain", "Images.example.com", DOMAIN),
        ("domain", "https://images.example.com", DOMAIN),
        ("domain", "images", DOMAIN),
        ("hostedZone", "example.com", "is not the id of a Route 53 hosted zone, such as Z1D633PJN98FT9"),
        ("firewallCount", '["sql"]', "is not a list of common, bad-inputs, ip-reputation, rate, each at most once"),
        ("rateLimit", "9", f"{WHOLE_NUMBER} 10 to 2000000000"),
        ("accessLogs", "w3c", "is not one of none, json, parquet"),
        ("budget", "99.5", f"{WHOLE_NUMBER} 0 to 10000000"),
        ("monitoring", "on", "is not one of true, false"),
        ("thresholds", '{"rejectedShare": -1}', "contains -1 for rejectedShare, which is not a number from 0 to 100"),
        ("thresholds", '{"rejectedShare": "2"}', 'contains "2" for rejectedShare, which is not a number from 0 to 100'),
        (
            "thresholds",
            '{"rejectedShare": true}',
            "contains true for rejectedShare, which is not a number from 0 to 100",
        ),
        ("thresholds", '{"hitRate": 500}', "contains 500 for hitRate, which is not a number from 0 to 100"),
        ("thresholds", '{"edgeConcurrency": 0}', "contains 0 for edgeConcurrency, which is not a number from 1 to 100"),
        ("thresholds", '{"durationBand": 0}', "contains 0 for durationBand, which is not a number from 0.1 to 100"),
        ("runbookUrl", "http://example.com", "is not an https URL, such as https://git.example.com/runbooks"),
        ("priceClass", "all", "is not one of PriceClass_100, PriceClass_200, PriceClass_All"),
        ("originShield", "yes", "is not one of true, false"),
        ("bundleTarget", "arm64", "is not one of lambda, host"),
        ("owner", "", TAG_VALUE),
        ("owner", "a;b", TAG_VALUE),
        ("owner", "Bilder & Töne", TAG_VALUE),
    ],
)
def test_message_when_value_is_invalid_has_key_value_and_accepted_values(name: str, text: str, message: str) -> None:
    assert list_problems(full_keys({name: text})) == [f"{PROJECT}:{name}: {text} {message}"]


def test_log_retention_when_cloudwatch_does_not_offer_it_is_refused() -> None:
    (problem,) = list_problems(full_keys({"logRetention": "10"}))

    assert problem.startswith(f"{PROJECT}:logRetention: 10 is not one of 1, 3, 5, 7, 14, 30,")


def test_threshold_of_an_unknown_alarm_is_refused_with_all_names() -> None:
    (problem,) = list_problems(full_keys({"thresholds": '{"rejectShare": 1}'}))

    assert problem.startswith(f"{PROJECT}:thresholds: ")
    assert "contains rejectShare, which is not one of rejectedShare, edgeErrorRate, processingDuration," in problem


def test_thresholds_that_are_not_an_object_are_refused() -> None:
    (problem,) = list_problems(full_keys({"thresholds": "[1]"}))

    assert problem.startswith(f"{PROJECT}:thresholds: [1] is not an object with numbers for some of rejectedShare,")
