import pytest

from ops.aws.warmup_client import CacheStatus, RenditionRequest, rendition_requests, request_renditions
from tests.support.aws_servers import scripted_server
from tests.support.concurrent_calls import ConcurrentCalls


def test_requests_are_every_width_in_every_format_of_every_key() -> None:
    requests = rendition_requests(["a b.jpg", "c%2B.jpg"], [320, 640], [None, "webp"])

    assert [request.target for request in requests] == [
        "/a%20b.jpg?width=320",
        "/a%20b.jpg?width=640",
        "/a%20b.jpg?format=webp&width=320",
        "/a%20b.jpg?format=webp&width=640",
        "/c%252B.jpg?width=320",
        "/c%252B.jpg?width=640",
        "/c%252B.jpg?format=webp&width=320",
        "/c%252B.jpg?format=webp&width=640",
    ]


@pytest.mark.parametrize(
    ("status", "body", "cache", "reason"),
    [
        (200, "picture", CacheStatus.MISS, ""),
        (404, '{"detail": "no such original"}', CacheStatus.ERROR, "404 no such original"),
        (502, "<html>", CacheStatus.ERROR, "502"),
    ],
)
def test_a_response_has_status_size_cache_and_reason(status: int, body: str, cache: CacheStatus, reason: str) -> None:
    with scripted_server(lambda _: (status, body)) as server:
        (response,) = request_renditions(server.url, [RenditionRequest("a.jpg", "width=1")], concurrency=1)

    assert (response.status, response.size, response.cache, response.reason) == (status, len(body), cache, reason)
    assert response.is_success == (status == 200)
    assert response.to_dict()["cache"] == cache.value
    assert ("reason" in response.to_dict()) == bool(reason)


def test_without_a_connection_the_status_is_0_and_the_reason_says_why() -> None:
    (response,) = request_renditions("http://127.0.0.1:9", [RenditionRequest("a.jpg", "width=1")], concurrency=1)

    assert (response.status, response.cache) == (0, CacheStatus.ERROR)
    assert response.reason == ("127.0.0.1:9 cannot be reached: check that the local engine (make run) is running")


@pytest.mark.parametrize("concurrency", [1, 3])
def test_at_most_the_given_number_of_requests_run_at_a_time(concurrency: int) -> None:
    calls = ConcurrentCalls(concurrency)
    with scripted_server(calls) as server:
        requests = rendition_requests(["a.jpg"], range(1, 10), [None])
        responses = list(request_renditions(server.url, requests, concurrency=concurrency))

    assert [response.status for response in responses] == [200] * 9
    assert calls.maximum == concurrency


def test_a_bug_in_a_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RenditionRequest, "target", property(lambda _: 1 / 0))

    with pytest.raises(ZeroDivisionError):
        list(request_renditions("http://127.0.0.1:9", [RenditionRequest("a.jpg", "width=1")], concurrency=1))
