import json
from typing import Any

import pytest

from edge.errors import BadRendition, ImageError, NoSuchOriginal, NotAnImage, OriginalTooLarge, OriginFailed, Reason
from edge.event import Request, Response
from edge.outcome import Adjustment
from edge.telemetry import describe_adjustment, log, log_failure, server_timing
from tests.support.edge_events import edge_request

HOSTILE_TEXTS = {
    "a second line": '\n{"outcome": "rendered"}\r\u2028\u2029\x85',
    "escape sequences of terminals": "\x1b]0;x\x07\x1b[2J\x7f\x9b31m",
    "the end of the text in JSON": '", "outcome": "rendered", "x": "\\',
    "an emoji": "\U0001f600",
    "an end tag": "</script><!--",
}


@pytest.mark.parametrize(
    ("adjustment", "description"),
    [
        (None, ""),
        (Adjustment.AS_REQUESTED, ""),
        (Adjustment.QUALITY_REDUCED, "quality reduced to 62"),
        (Adjustment.FORMAT_CHANGED, "format changed to image/jpeg"),
        (Adjustment.STORED, "stored"),
        (Adjustment.FIRST_FRAME, "first frame"),
    ],
    ids=lambda value: value.name if isinstance(value, Adjustment) else None,
)
def test_adjustment_is_described_unless_it_is_as_requested(adjustment: Adjustment | None, description: str) -> None:
    response = Response(adjustment=adjustment, quality=62, headers={"content-type": "image/jpeg"})

    assert describe_adjustment(response) == description


def test_server_timing_lists_the_phases_and_the_adjustment() -> None:
    response = Response(headers={}, adjustment=Adjustment.STORED, timings={"read": 12.14, "decode": 3.0})

    assert server_timing(response) == 'read;dur=12.1, decode;dur=3.0, outcome;desc="stored"'


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the only line of the log, which must be printable ASCII of less than 256 KB."""
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert all(" " <= character <= "~" for character in out[:-1])
    assert len(out) < 262_144
    return json.loads(out)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_key_or_detail_stays_one_text_of_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal that shows the log must not obey the viewer who chose the key, or show two lines for one response."""
    encoded = "".join(f"%{byte:02x}" for byte in text.encode())

    log(edge_request(uri=f"/{encoded}.jpg"), Response(headers={}, log_fields={"detail": text}), started=0, timings={})

    line = logged(capsys)
    assert (line["key"], line["detail"], line["outcome"]) == (f"{text}.jpg", text, "passed")


def test_bytes_of_a_key_that_are_no_text_are_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    log(edge_request(uri="/%ed%a0%80%ff.jpg"), Response(headers={}), started=0, timings={})

    assert logged(capsys)["key"] == "\ufffd\ufffd\ufffd\ufffd.jpg"


def test_half_of_a_surrogate_pair_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """Some readers of JSON refuse a line with half of a pair."""
    log(edge_request(), Response(headers={}, log_fields={"detail": "a\ud800"}), started=0, timings={})

    assert logged(capsys)["detail"] == "a?"


def test_longest_texts_fit_into_one_log_event(capsys: pytest.CaptureFixture[str]) -> None:
    """CloudWatch splits or refuses a longer event. The end of a traceback names the exception."""
    long = "\U0001f600" * 100_000
    request = edge_request()._replace(id=long, key=long, method=long)

    log(request, Response(headers={}, log_fields={"detail": long, "traceback": f"{long}end"}), started=0, timings={})

    line = logged(capsys)
    assert line["key"] == "\U0001f600" * 1024
    assert line["traceback"].endswith("end")


def test_field_without_a_value_is_absent(capsys: pytest.CaptureFixture[str]) -> None:
    """A metric filter can match a field that is null."""
    fields = {"reason": None, "detail": "", "quality": None}

    log(edge_request(status=404), Response(headers={}, log_fields=fields), started=0, timings={})

    assert logged(capsys).keys() == {
        *("request", "outcome", "key", "method", "status", "origin_status", "ms", "cold", "pipeline"),
    }


@pytest.mark.parametrize(
    ("query", "logged_query"),
    [
        ("format=webp&width=30", "format=webp&width=30"),
        ("width=30&format=webp", None),
        ("format=webp&width=30&token=secret", None),
        ("<script>", None),
    ],
    ids=["canonical", "another order", "another parameter", "no parameter"],
)
def test_query_is_logged_only_if_it_is_canonical(
    query: str, logged_query: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    log(edge_request(query), Response(headers={}), started=0, timings={})

    assert logged(capsys).get("query") == logged_query


def test_query_of_a_stored_rendition_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log(edge_request("format=webp&width=30", uri="/.renditions/x.webp"), Response(headers={}), started=0, timings={})

    assert "query" not in logged(capsys)


def test_failure_without_a_request_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        Request.parse({})
    except KeyError as error:
        log_failure("id", error, started=0)

    line = logged(capsys)
    assert line.pop("traceback").endswith("KeyError: 'Records'\n")
    assert line.keys() == {"request", "outcome", "reason", "status", "detail", "ms", "cold", "pipeline"}
    assert (line["outcome"], line["reason"], line["request"]) == ("failed", "unexpected", "id")


def test_each_reason_belongs_to_exactly_one_class_of_errors() -> None:
    classes = (ImageError, BadRendition, NoSuchOriginal, OriginalTooLarge, NotAnImage, OriginFailed)

    assert sorted(reason for error in classes for reason in error.reasons) == sorted(Reason)
