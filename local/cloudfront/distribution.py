"""The distribution as declared: behaviour, function in front, cache, S3, function behind, cache again."""

import asyncio
import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from local.cloudfront import events, response_headers
from local.cloudfront.behavior import Behaviour, Request
from local.cloudfront.cache import Answer, Cache, Entry
from local.cloudfront.conditional_requests import narrowed
from local.cloudfront.s3_origin import OriginUnreachable
from local.cloudfront.ttl import lifetime
from local.cloudfront.validation import InvalidAnswer, check_answer
from local.cloudfront.viewer_function import ViewerFunctionError
from local.lambdas.function import FunctionError
from local.program.program import Resource

_POP = "LOCAL50-P1"


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What the origin's side gave, and what x-cache will call it."""

    answer: Answer
    outcome: str
    stored: float = 0.0


class Distribution:
    """Serves requests from within one event loop."""

    def __init__(self, resource: Resource, behaviours: list[Behaviour], log: Callable[[str], None]) -> None:
        self.id = resource.id
        self.cache = Cache()
        self._behaviours = behaviours
        self._log = log
        self._names = {"distributionDomainName": resource.outputs["domainName"], "distributionId": resource.id}
        self._tag_header: str = (resource.inputs.get("cacheTagConfig") or {}).get("headerName", "").lower()
        self._errors = {
            int(error["errorCode"]): int(error.get("errorCachingMinTtl", 10))
            for error in resource.inputs.get("customErrorResponses") or []
        }
        self._pending: dict[str, asyncio.Task[_Fetched]] = {}

    async def respond(self, request: Request) -> Answer:
        """The whole way of one request."""
        started = time.perf_counter()
        request_id = secrets.token_urlsafe(36) + "=="
        behaviour = next(b for b in self._behaviours if b.matches(request.uri))
        if request.method not in behaviour.methods:
            fetched = _Fetched(_page(403, "This distribution does not allow the method."), "Error")
        else:
            asked = self._in_front(behaviour, request, request_id)
            if isinstance(asked, _Fetched):
                fetched = asked
            else:
                request = asked
                fetched = await self._cached(behaviour, asked, request_id)
        return self._outgoing(behaviour, request, fetched, request_id, started)

    def _outgoing(
        self, behaviour: Behaviour, request: Request, fetched: _Fetched, request_id: str, started: float
    ) -> Answer:
        """With the headers of CloudFront, and of the response headers policy."""
        answer = narrowed(fetched.answer, request.headers) if fetched.outcome == "Hit" else fetched.answer
        headers = {name: value for name, value in answer.headers.items() if name != "transfer-encoding"}
        headers |= {
            "x-cache": f"{fetched.outcome} from cloudfront",
            "via": f"1.1 {self._names['distributionDomainName']} (CloudFront)",
            "x-amz-cf-id": request_id,
            "x-amz-cf-pop": _POP,
        }
        if fetched.outcome in ("Hit", "RefreshHit"):
            headers["age"] = str(int(time.time() - fetched.stored))
        if fetched.outcome != "FunctionGeneratedResponse":
            timing = _timing(fetched.outcome, request_id, (time.perf_counter() - started) * 1000)
            origin = request.headers.get("origin")
            response_headers.apply(behaviour.headers_policy, headers, origin=origin, timing=timing)
        return replace(answer, headers=headers)

    def _in_front(self, behaviour: Behaviour, request: Request, request_id: str) -> Request | _Fetched:
        if behaviour.viewer_function is None:
            return request
        event = events.viewer_request(request, distribution=self._names, request_id=request_id)
        try:
            result = behaviour.viewer_function(event)
        except ViewerFunctionError as error:
            self._log(f"CloudFront Function: {error}")
            return _Fetched(_page(503, "The CloudFront Function failed."), "FunctionExecutionError")
        headers = {name: header["value"] for name, header in result.get("headers", {}).items()}
        if "statusCode" in result:
            body = result.get("body", "")
            text = body if isinstance(body, str) else body["data"]
            answer = Answer(status=result["statusCode"], headers=headers, body=text.encode())
            return _Fetched(answer, "FunctionGeneratedResponse")
        query = events.query_of(result["querystring"])
        return replace(request, uri=result["uri"], query=query, headers=headers)

    async def _cached(self, behaviour: Behaviour, request: Request, request_id: str) -> _Fetched:
        key = behaviour.key(request)
        entry = self.cache.get(key)
        if entry is not None and entry.fresh:
            return _Fetched(entry.answer, "Hit", entry.stored)
        # Simultaneous misses of one key wait for the first one's answer; a HEAD or a range is an answer of its own.
        alone = "\n".join([key, request.method, request.headers.get("range", "")])
        task = self._pending.get(alone)
        if task is not None:
            fetched = await asyncio.shield(task)
            return replace(fetched, outcome="Hit") if fetched.outcome == "Miss" else fetched
        task = asyncio.create_task(self._fetch(behaviour, request, request_id, key, entry))
        self._pending[alone] = task
        task.add_done_callback(lambda _: self._pending.pop(alone))
        return await asyncio.shield(task)  # goes on for the others, and for the cache, if this viewer leaves

    async def _fetch(
        self, behaviour: Behaviour, request: Request, request_id: str, key: str, entry: Entry | None
    ) -> _Fetched:
        headers = {name: value for name, value in request.headers.items() if name in ("range", "if-none-match")}
        if entry is not None and "etag" in entry.answer.headers:
            headers["if-none-match"] = entry.answer.headers["etag"]
        try:
            answer = await asyncio.to_thread(behaviour.origin.get, request.method, request.uri, headers)
            answer = await self._behind(behaviour, request, request_id, answer)
        except OriginUnreachable as error:
            self._log(f"origin: {error}")
            answer = _page(error.status, "The origin did not answer.")
        except FunctionError as error:
            self._log(f"Lambda: {error}")
            return _Fetched(_page(503, "The Lambda function failed."), "LambdaExecutionError")
        except InvalidAnswer as error:
            self._log(f"/aws/cloudfront/LambdaEdge/{self.id}: {error}")
            return _Fetched(_page(502, "The Lambda function result failed validation."), "LambdaValidationError")
        seconds = lifetime(answer.status, answer.headers, behaviour.policy, self._errors)
        if entry is not None and answer.status == 304:
            told = lifetime(entry.answer.status, entry.answer.headers, behaviour.policy, self._errors)
            self.cache.refresh(key, entry, told)
            return _Fetched(entry.answer, "RefreshHit", time.time())
        if entry is not None and answer.status >= 500:
            return _Fetched(entry.answer, "Hit", entry.stored)  # rather old than nothing
        if request.method == "GET" and answer.status != 206 and seconds > 0:
            self.cache.put(key, self._entry(behaviour.url(request), answer, seconds))
        return _Fetched(answer, "Error" if answer.status >= 400 else "Miss", time.time())

    async def _behind(self, behaviour: Behaviour, request: Request, request_id: str, answer: Answer) -> Answer:
        if behaviour.lambda_function is None:
            return answer
        cf = events.origin_response(
            request,
            query=behaviour.forwarded(request),
            origin=behaviour.origin.declared,
            answer=answer,
            distribution=self._names,
            request_id=request_id,
        )
        result: Any = await behaviour.lambda_function.invoke({"Records": [{"cf": cf}]})
        check_answer(result, cf["response"]["headers"])
        headers = {
            name: ", ".join(value["value"] for value in values)
            for name, values in (result.get("headers") or {}).items()
        }
        body = answer.body
        if "body" in result:
            encoded = result.get("bodyEncoding") == "base64"
            body = base64.b64decode(result["body"]) if encoded else result["body"].encode()
            headers["content-length"] = str(len(body))
        return Answer(status=int(result["status"]), headers=headers, body=body)

    def _entry(self, url: str, answer: Answer, seconds: float) -> Entry:
        now = time.time()
        tags = answer.headers.get(self._tag_header, "") if self._tag_header else ""
        named = frozenset(tag.strip().lower() for tag in tags.split(",")[:50] if tag.strip())
        return Entry(url=url, answer=answer, tags=named, stored=now, expires=now + seconds)


def _timing(outcome: str, request_id: str, milliseconds: float) -> str:
    """As CloudFront's Server-Timing says it, as far as one machine can."""
    layer = {"Hit": "cdn-cache-hit", "RefreshHit": "cdn-cache-refresh"}.get(outcome, "cdn-cache-miss")
    return f'{layer}, cdn-pop;desc="{_POP}", cdn-rid;desc="{request_id}", cdn-downstream-fbl;dur={milliseconds:.1f}'


def _page(status: int, sentence: str) -> Answer:
    """CloudFront's own error answers are HTML."""
    html = (
        f"<!doctype html><title>ERROR: The request could not be satisfied</title><h1>{status} ERROR</h1><p>{sentence}"
    )
    return Answer(status=status, headers={"content-type": "text/html"}, body=html.encode())
