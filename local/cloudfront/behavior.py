"""One cache behaviour of the distribution: what it lets through, what its cache key is, which functions it calls."""

import re
from dataclasses import dataclass
from typing import Any

from local.cloudfront.s3_origin import S3Origin
from local.cloudfront.viewer_function import ViewerFunction
from local.lambdas.function import LambdaFunction
from local.program.program import Program, ProgramError, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A viewer's request, before or after the function in front."""

    method: str
    uri: str
    """The path, percent-encoded."""
    query: str
    headers: dict[str, str]
    """Names in lower case."""
    ip: str


class Behaviour:
    """`declared` is the distribution's default or one of its ordered cache behaviours."""

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
        self.policy = _declared(program, "cachePolicy:CachePolicy", declared["cachePolicyId"])
        self.headers_policy = _declared(
            program, "responseHeadersPolicy:ResponseHeadersPolicy", declared.get("responseHeadersPolicyId")
        )
        self._requests = _declared(
            program, "originRequestPolicy:OriginRequestPolicy", declared.get("originRequestPolicyId")
        )
        self._pattern = _regex(declared.get("pathPattern", "*"))

    def matches(self, uri: str) -> bool:
        """Path patterns are case-sensitive; `*` and `?` are their wildcards."""
        return self._pattern.fullmatch(uri.removeprefix("/")) is not None

    def url(self, request: Request) -> str:
        """Path and query as far as they are part of the cache key: what a path invalidation is compared with."""
        query = _chosen(self._in_key["queryStringsConfig"], request.query)
        return f"{request.uri}?{query}" if query else request.uri

    def key(self, request: Request) -> str:
        """The cache key, the distribution's domain left out. GET and HEAD share it."""
        config = self._in_key["headersConfig"]
        names = config.get("headers", {}).get("items", []) if config["headerBehavior"] == "whitelist" else []
        return "\n".join([self.url(request), *(request.headers.get(name.lower(), "") for name in names)])

    def forwarded(self, request: Request) -> str:
        """The query as the Lambda sees it: only where one of the policies forwards all of it, as AWS documents.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
        """
        configs = [self._in_key["queryStringsConfig"], self._requests.get("queryStringsConfig", {})]
        return request.query if any(config.get("queryStringBehavior") == "all" for config in configs) else ""

    @property
    def _in_key(self) -> dict[str, Any]:
        return self.policy["parametersInCacheKeyAndForwardedToOrigin"]


def _declared(program: Program, kind: str, id_: str | None) -> dict[str, Any]:
    return program.find(f"aws:cloudfront/{kind}", "id", id_).inputs if id_ else {}


def _chosen(config: dict[str, Any], query: str) -> str:
    behaviour = config["queryStringBehavior"]
    names = config.get("queryStrings", {}).get("items", [])
    pairs = [pair for pair in query.split("&") if pair]
    if behaviour == "none":
        return ""
    if behaviour == "whitelist":
        pairs = [pair for pair in pairs if pair.partition("=")[0] in names]
    if behaviour == "allExcept":
        pairs = [pair for pair in pairs if pair.partition("=")[0] not in names]
    return "&".join(pairs)


def _regex(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in pattern.removeprefix("/")), re.DOTALL)


def functions(declared: dict[str, Any], program: Program) -> tuple[Resource | None, tuple[str, Resource] | None]:
    """The CloudFront Function on viewer-request, and the Lambda (with its ARN) on origin-response, if associated."""
    front = [a for a in declared.get("functionAssociations") or [] if a["eventType"] == "viewer-request"]
    back = [a for a in declared.get("lambdaFunctionAssociations") or [] if a["eventType"] == "origin-response"]
    viewer = program.find("aws:cloudfront/function:Function", "arn", front[0]["functionArn"]) if front else None
    return viewer, _version(back[0]["lambdaArn"], program) if back else None


def _version(arn: str, program: Program) -> tuple[str, Resource]:
    for function in program.of("aws:lambda/function:Function"):
        if arn.startswith(f"{function.outputs['arn']}:") and arn != function.outputs["qualifiedArn"]:
            raise ProgramError(f"{arn} is a version that only AWS has; here is what the program would publish now")
    return arn, program.find("aws:lambda/function:Function", "qualifiedArn", arn)
