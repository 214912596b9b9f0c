import json

import pytest

from local.function_log import text_of

RENDERED = {
    "request": "id",
    "outcome": "rendered",
    "adjustment": "quality reduced",
    "key": "cats/1.jpg",
    "query": "format=webp&width=640",
    "bytes_in": 970777,
    "bytes_out": 34962,
    "format_in": "jpeg",
    "format_out": "webp",
    "quality": 62,
    "ms": {"read": 12.1, "function": 1065.3},
}
REJECTED = {"outcome": "rejected", "reason": "broken", "key": "a.jpg", "detail": "no image", "ms": {"function": 5}}
FAILED = {"outcome": "failed", "reason": "unexpected", "key": "a.jpg", "detail": "E()", "traceback": "Trace:\n  x\nE\n"}
REFRESHED = {"message": "m", "outcome": "invalidated", "kind": "reinvalidate", "key": "a.jpg", "keys": 3, "ms": {}}


def test_rendition_is_one_line_with_sizes_time_and_quality() -> None:
    assert text_of(json.dumps(RENDERED)).split() == [
        *("edge", "rendered", "jpeg", "970,777", "->", "webp", "34,962", "quality", "62", "1,065.3", "ms"),
        *("cats/1.jpg?format=webp&width=640", "(quality", "reduced)"),
    ]


def test_keys_of_all_outcomes_begin_in_the_same_column() -> None:
    lines = [text_of(json.dumps(fields | {"key": "KEY"})) for fields in (RENDERED, REJECTED, FAILED, REFRESHED)]

    assert len({line.index("KEY") for line in lines}) == 1


def test_error_has_its_reason_and_detail_below() -> None:
    _, problem = text_of(json.dumps(REJECTED)).splitlines()

    assert problem.strip() == "broken: no image"


def test_traceback_is_readable() -> None:
    assert text_of(json.dumps(FAILED)).splitlines()[1:] == ["  unexpected: E()", "  Trace:", "    x", "  E"]


def test_message_of_the_refresh_function_names_its_first_key() -> None:
    assert text_of(json.dumps(REFRESHED)).split() == [
        *("refresh", "invalidated", "reinvalidate", "a.jpg", "(the", "first", "of", "3", "keys)"),
    ]


@pytest.mark.parametrize(
    "line",
    ["START RequestId: 1 Version: 2", "uploaded 500 originals", "[1]", '"x"', "{", "{}", '{"a": 1}', "[" * 100_000, ""],
)
def test_line_of_another_form_stays_as_it_is(line: str) -> None:
    assert text_of(line) == line


def test_control_characters_do_not_reach_the_terminal() -> None:
    hostile = "\x1b[2J\x9b\nedge rendered"

    text = text_of(json.dumps(RENDERED | {"key": hostile, "query": hostile, "adjustment": "x"}))

    assert len(text.splitlines()) == 1
    assert "\x1b" not in text + text_of(f"a library prints {hostile}")


@pytest.mark.parametrize("value", [None, "x", [], {"a": 1}, True, 1e999])
def test_unexpected_values_are_printed(value: object) -> None:
    assert "outcome" not in text_of(json.dumps(dict.fromkeys([*RENDERED, *REFRESHED], value)))
