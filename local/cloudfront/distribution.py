"""Serves requests as CloudFront does: viewer function, cache, and on a cache miss the origin and the edge function."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from local.cloudfront.behavior import Behavior
from local.cloudfront.cache import Cache, Entry
from local.cloudfront.conditional_requests import apply_conditional_headers
from local.cloudfront.function_calls import call_edge_function, call_viewer_function
from local.cloudfront.messages import Request, Response
from local.cloudfront.path_normalization import normalize_path
from local.cloudfront.response_headers import apply_response_headers
from local.cloudfront.results import Result, ResultType, error_page
from local.cloudfront.s3_origin import OriginUnreachable
from local.cloudfront.ttl import response_ttl, stale_ttl
from local.cloudfront.validation import InvalidResponse
from local.lambdas.sandbox_process import FunctionError
from local.program.program import Resource

_POP: Final = "LOCAL50-P1"
_CONDITIONS: Final = ("if-match", "if-modified-since", "if-none-match", "if-unmodified-since")
_MAX_TAGS: Final = 50
"""The number of cache tags that CloudFront uses. It ignores all further tags of a response."""


class Distribution:
    """The declared distribution, which serves all requests in one event loop."""

    def __init__(self, resource: Resource, behaviors: list[Behavior], report: Callable[[str], None]) -> None:
        """`behaviors` are in the order in which CloudFront tries them; the last is the default."""
        self.id = resource.id
        self.cache = Cache()
        self.decodes_unreserved = False
        """Whether a behavior matches a path after `%2E` in the path became `.`. AWS does not document this."""
        self.on_response: Callable[[ResultType, Response, float], None] = lambda *_: None
        """Called with the result, the response and the milliseconds of each request, for the metrics."""
        self._behaviors = behaviors
        self._report = report
        self._domain: str = resource.outputs["domainName"]
        self._names = {"distributionDomainName": self._domain, "distributionId": resource.id}
        self._tag_header: str = (resource.inputs.get("cacheTagConfig") or {}).get("headerName", "").lower()
        self._error_ttls = {
            int(error["errorCode"]): int(error.get("errorCachingMinTtl", 10))
            for error in resource.inputs.get("customErrorResponses") or []
        }
        self._pending: dict[str, asyncio.Task[Result]] = {}

    async def respond(self, request: Request) -> Response:
        """Return the response to one viewer's request."""
        started = time.perf_counter()
        request_id = secrets.token_urlsafe(36) + "=="
        # The origin receives the path as the viewer function returns it, not the normalized path.
        path = normalize_path(request.uri, decodes_unreserved=self.decodes_unreserved)
        behavior = next(behavior for behavior in self._behaviors if behavior.matches(path))
        if request.method not in behavior.methods:
            page = error_page(403, "This distribution does not allow the method.")
            result = Result(response=page, type=ResultType.ERROR)
        else:
            output = call_viewer_function(
                behavior, request, distribution=self._names, request_id=request_id, report=self._report
            )
            if isinstance(output, Result):
                result = output
            else:
                request = output
                result = await self._cached_or_fetched(behavior, request, request_id)
        return self._viewer_response(behavior, request, result, request_id, started)

    def _viewer_response(
        self, behavior: Behavior, request: Request, result: Result, request_id: str, started: float
    ) -> Response:
        """Return the response with the headers of CloudFront and of the response headers policy."""
        response = result.response
        if result.type is ResultType.HIT:
            response = apply_conditional_headers(response, request.headers)
        headers = {name: value for name, value in response.headers.items() if name != "transfer-encoding"}
        headers |= {
            "x-cache": f"{result.type} from cloudfront",
            "via": f"1.1 {self._domain} (CloudFront)",
            "x-amz-cf-id": request_id,
            "x-amz-cf-pop": _POP,
        }
        if result.type in (ResultType.HIT, ResultType.REFRESH_HIT):
            headers["age"] = str(int(time.time() - result.stored_at))
        milliseconds = (time.perf_counter() - started) * 1000
        self.on_response(result.type, response, milliseconds)
        server_timing = _server_timing(result.type, request_id, milliseconds)
        origin = request.headers.get("origin")
        apply_response_headers(behavior.response_headers_policy, headers, origin=origin, server_timing=server_timing)
        return replace(response, headers=headers)

    async def _cached_or_fetched(self, behavior: Behavior, request: Request, request_id: str) -> Result:
        key = behavior.cache_key(request)
        entry = self.cache.get(key)
        if entry is not None and entry.is_fresh:
            return Result(response=entry.response, type=ResultType.HIT, stored_at=entry.stored_at)
        # Simultaneous misses of one key wait for the first response (request collapsing). Requests with another method
        # or range do not wait for it, because their responses differ.
        collapsing_key = "\n".join([key, request.method, request.headers.get("range", "")])
        task = self._pending.get(collapsing_key)
        if task is not None:
            result = await asyncio.shield(task)
            return replace(result, type=ResultType.HIT) if result.type is ResultType.MISS else result
        task = asyncio.create_task(self._fetch(behavior, request, request_id, key, entry))
        self._pending[collapsing_key] = task
        task.add_done_callback(lambda _: self._pending.pop(collapsing_key))
        # If this viewer disconnects, the task continues for the other viewers and for the cache.
        return await asyncio.shield(task)

    async def _fetch(
        self, behavior: Behavior, request: Request, request_id: str, key: str, entry: Entry | None
    ) -> Result:
        """Fetch the response of the origin, run the edge function, and cache the result.

        `entry` is the expired entry of the cache, if there is one.
        """
        # CloudFront forwards the conditions of the viewer, or asks whether its expired response is current.
        forwarded = ("range", *_CONDITIONS) if entry is None else ("range",)
        headers = {name: value for name, value in request.headers.items() if name in forwarded}
        if entry is not None and "etag" in entry.response.headers:
            headers["if-none-match"] = entry.response.headers["etag"]
        try:
            response = await asyncio.to_thread(behavior.origin.get, request.method, request.uri, headers)
            response = await call_edge_function(
                behavior, request, response, distribution=self._names, request_id=request_id
            )
        except OriginUnreachable as error:
            self._report(f"the origin did not respond: {error}")
            response = error_page(error.status, "The origin did not respond.")
        except FunctionError as error:
            self._report(f"the edge function failed: {error}")
            page = error_page(503, "The Lambda function failed.")
            return Result(response=page, type=ResultType.LAMBDA_EXECUTION_ERROR)
        except InvalidResponse as error:
            # In AWS, CloudFront logs this error in the log group /aws/cloudfront/LambdaEdge/<distribution id>.
            self._report(f"CloudFront would reject the response of the edge function: {error}")
            page = error_page(502, "The Lambda function result failed validation.")
            return Result(response=page, type=ResultType.LAMBDA_VALIDATION_ERROR)
        return self._cache_response(behavior, request, response, key, entry)

    def _cache_response(
        self, behavior: Behavior, request: Request, response: Response, key: str, entry: Entry | None
    ) -> Result:
        if entry is not None and response.status == 304:
            self.cache.refresh(key, entry, self._ttl(behavior, entry.response))
            return Result(response=entry.response, type=ResultType.REFRESH_HIT, stored_at=time.time())
        if (
            entry is not None
            and response.status >= 500
            and time.time() < entry.expires_at + self._stale_ttl(behavior, entry.response)
        ):
            # CloudFront prefers an expired response to an error.
            return Result(response=entry.response, type=ResultType.HIT, stored_at=entry.stored_at)
        ttl = self._ttl(behavior, response)
        # GET and HEAD have the same cache key, and a response to HEAD has no body that GET could get.
        if request.method == "GET" and ttl + self._stale_ttl(behavior, response) > 0:
            self.cache.put(key, self._entry(behavior.url(request), response, ttl))
        result_type = ResultType.ERROR if response.status >= 400 else ResultType.MISS
        return Result(response=response, type=result_type, stored_at=time.time())

    def _ttl(self, behavior: Behavior, response: Response) -> float:
        return response_ttl(response.status, response.headers, behavior.cache_policy, self._error_ttls)

    def _stale_ttl(self, behavior: Behavior, response: Response) -> float:
        return stale_ttl(response.status, response.headers, behavior.cache_policy)

    def _entry(self, url: str, response: Response, ttl: float) -> Entry:
        now = time.time()
        header = response.headers.get(self._tag_header, "") if self._tag_header else ""
        tags = frozenset(tag.strip().lower() for tag in header.split(",")[:_MAX_TAGS] if tag.strip())
        return Entry(url=url, response=response, tags=tags, stored_at=now, expires_at=now + ttl)


def _server_timing(result_type: ResultType, request_id: str, milliseconds: float) -> str:
    """Return CloudFront's Server-Timing header, as far as one machine can measure its values."""
    metric = {ResultType.HIT: "cdn-cache-hit", ResultType.REFRESH_HIT: "cdn-cache-refresh"}.get(
        result_type, "cdn-cache-miss"
    )
    return f'{metric}, cdn-pop;desc="{_POP}", cdn-rid;desc="{request_id}", cdn-downstream-fbl;dur={milliseconds:.1f}'
