import itertools
from dataclasses import replace

from refresh.settings import Settings
from refresh.warmup import warm_renditions
from tests.refresh.conftest import SETTINGS
from tests.support.aws_servers import Call, ScriptedResponse, scripted_server


def settings(url: str) -> Settings:
    return replace(SETTINGS, url=url, warm_widths=(40, 80), formats=("webp",))


def test_every_width_is_requested_with_and_without_each_format() -> None:
    with scripted_server(lambda _: (200, "picture")) as server:
        assert warm_renditions(settings(server.url), ["cats/a b.jpg"], lambda: True) == [200] * 4

    requests = {
        (call.path, {name.lower(): value for name, value in call.headers.items()}["accept"]) for call in server.calls
    }
    assert requests == {
        (f"/cats/a%20b.jpg?width={width}", accept)
        for width, accept in itertools.product((40, 80), ("image/webp,*/*", "*/*"))
    }


def test_errors_are_returned_as_statuses() -> None:
    def script(call: Call) -> ScriptedResponse:
        return (404 if "width=40" in call.path else 200), ""

    with scripted_server(script) as server:
        assert warm_renditions(settings(server.url), ["a.jpg"], lambda: True) == [404, 404, 200, 200]
    assert warm_renditions(settings("http://127.0.0.1:9"), ["a.jpg"], lambda: True) == [0] * 4


def test_requests_are_skipped_when_has_time_returns_false() -> None:
    assert warm_renditions(settings("http://127.0.0.1:9"), ["a.jpg", "b.jpg"], lambda: False) == [None] * 8
