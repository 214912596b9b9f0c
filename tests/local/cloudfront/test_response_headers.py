from typing import Any

from local.cloudfront.response_headers import apply_response_headers

CORS = {
    "corsConfig": {
        "accessControlAllowOrigins": {"items": ["https://a.example"]},
        "accessControlExposeHeaders": {"items": ["etag", "age"]},
    }
}


def with_policy(policy: dict[str, Any], headers: dict[str, str], origin: str | None = None) -> dict[str, str]:
    apply_response_headers(policy, headers, origin=origin, server_timing="cdn-cache-miss")
    return headers


def test_policy_removes_overrides_or_keeps_headers() -> None:
    policy = {
        "removeHeadersConfig": {"items": [{"header": "Cache-Tag"}]},
        "customHeadersConfig": {
            "items": [
                {"header": "X-Policy", "value": "policy", "override": True},
                {"header": "x-origin", "value": "policy", "override": False},
            ]
        },
    }

    headers = with_policy(policy, {"cache-tag": "a", "x-policy": "origin", "x-origin": "origin"})

    assert headers == {"x-policy": "policy", "x-origin": "origin"}


def test_cors_headers_are_sent_only_to_allowed_origins() -> None:
    assert with_policy(CORS, {}, "https://a.example") == {
        "access-control-allow-origin": "https://a.example",
        "access-control-expose-headers": "etag, age",
    }
    assert with_policy(CORS, {}, "https://b.example") == {}
    assert with_policy(CORS, {}) == {}


def test_server_timing_of_cloudfront_follows_that_of_the_function() -> None:
    policy = {"serverTimingHeadersConfig": {"enabled": True}}

    assert with_policy(policy, {"server-timing": "read;dur=1"}) == {"server-timing": "read;dur=1, cdn-cache-miss"}
    assert with_policy(policy, {}) == {"server-timing": "cdn-cache-miss"}
