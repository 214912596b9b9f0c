from typing import Any

from local.cloudfront.response_headers import apply

CORS = {
    "corsConfig": {
        "accessControlAllowOrigins": {"items": ["https://a.example"]},
        "accessControlExposeHeaders": {"items": ["etag", "age"]},
    }
}


def applied(policy: dict[str, Any], headers: dict[str, str], origin: str | None = None) -> dict[str, str]:
    apply(policy, headers, origin=origin, timing="cdn-cache-miss")
    return headers


def test_a_header_is_removed_set_or_left_as_the_policy_says() -> None:
    policy = {
        "removeHeadersConfig": {"items": [{"header": "Cache-Tag"}]},
        "customHeadersConfig": {
            "items": [
                {"header": "X-Own", "value": "policy", "override": True},
                {"header": "x-theirs", "value": "policy", "override": False},
            ]
        },
    }

    headers = applied(policy, {"cache-tag": "a", "x-own": "origin", "x-theirs": "origin"})

    assert headers == {"x-own": "policy", "x-theirs": "origin"}


def test_an_origin_that_is_allowed_is_named_and_no_other() -> None:
    assert applied(CORS, {}, "https://a.example") == {
        "access-control-allow-origin": "https://a.example",
        "access-control-expose-headers": "etag, age",
    }
    assert applied(CORS, {}, "https://b.example") == {}
    assert applied(CORS, {}) == {}


def test_cloudfronts_timing_comes_after_the_functions_own() -> None:
    policy = {"serverTimingHeadersConfig": {"enabled": True}}

    assert applied(policy, {"server-timing": "read;dur=1"}) == {"server-timing": "read;dur=1, cdn-cache-miss"}
    assert applied(policy, {}) == {"server-timing": "cdn-cache-miss"}
