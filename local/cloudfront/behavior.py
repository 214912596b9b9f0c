"""One cache behavior of the distribution: its path pattern, cache key, policies and functions."""

import re
from typing import Any

from local.cloudfront.messages import Request
from local.cloudfront.s3_origin import S3Origin
from local.cloudfront.viewer_function import ViewerFunction
from local.lambdas.function import LambdaFunction
from local.program.program import Program


class Behavior:
    """The distribution's default cache behavior, or one of its ordered cache behaviors."""

    def __init__(
        self,
        declared: dict[str, Any],
        program: Program,
        *,
        origin: S3Origin,
        viewer_function: ViewerFunction | None,
        lambda_function: LambdaFunction | None,
    ) -> None:
        self.origin = origin
        self.viewer_function = viewer_function
        self.lambda_function = lambda_function
        self.methods: list[str] = declared["allowedMethods"]
        self.cache_policy = _policy(program, "cachePolicy:CachePolicy", declared["cachePolicyId"])
        self.response_headers_policy = _policy(
            program, "responseHeadersPolicy:ResponseHeadersPolicy", declared.get("responseHeadersPolicyId")
        )
        self._origin_request_policy = _policy(
            program, "originRequestPolicy:OriginRequestPolicy", declared.get("originRequestPolicyId")
        )
        self._path_pattern = _path_regex(declared.get("pathPattern", "*"))

    def matches(self, path: str) -> bool:
        """Return whether the path pattern matches. Patterns are case-sensitive; `*` and `?` are wildcards."""
        return self._path_pattern.fullmatch(path.removeprefix("/")) is not None

    def url(self, request: Request) -> str:
        """Return the path with the part of the query that is in the cache key. Invalidations by path use this URL."""
        query = _filter_query(self._key_config["queryStringsConfig"], request.query)
        return f"{request.uri}?{query}" if query else request.uri

    def cache_key(self, request: Request) -> str:
        """Return the cache key without the domain. GET and HEAD requests have the same cache key."""
        config = self._key_config["headersConfig"]
        names = config.get("headers", {}).get("items", []) if config["headerBehavior"] == "whitelist" else []
        return "\n".join([self.url(request), *(request.headers.get(name.lower(), "") for name in names)])

    def forwarded_query(self, request: Request) -> str:
        """Return the query in the event of Lambda@Edge: empty unless one of the policies forwards the whole query.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
        """
        configs = [self._key_config["queryStringsConfig"], self._origin_request_policy.get("queryStringsConfig", {})]
        return request.query if any(config.get("queryStringBehavior") == "all" for config in configs) else ""

    @property
    def _key_config(self) -> dict[str, Any]:
        return self.cache_policy["parametersInCacheKeyAndForwardedToOrigin"]


def _policy(program: Program, type_: str, id_: str | None) -> dict[str, Any]:
    return program.find(f"aws:cloudfront/{type_}", "id", id_).inputs if id_ else {}


def _filter_query(config: dict[str, Any], query: str) -> str:
    behavior = config["queryStringBehavior"]
    names = config.get("queryStrings", {}).get("items", [])
    pairs = [pair for pair in query.split("&") if pair]
    if behavior == "none":
        return ""
    if behavior == "whitelist":
        pairs = [pair for pair in pairs if pair.partition("=")[0] in names]
    if behavior == "allExcept":
        pairs = [pair for pair in pairs if pair.partition("=")[0] not in names]
    return "&".join(pairs)


def _path_regex(pattern: str) -> re.Pattern[str]:
    wildcards = {"*": ".*", "?": "."}
    return re.compile("".join(wildcards.get(char, re.escape(char)) for char in pattern.removeprefix("/")), re.DOTALL)
