"""The edge function encodes and decodes keys without urllib.parse, and must agree with it."""

import copy
import json
from pathlib import Path
from urllib.parse import quote, unquote

from hypothesis import example, given
from hypothesis import strategies as st

from common.contract import encode_key
from edge.event import Request

EVENT = json.loads((Path(__file__).parents[1] / "events" / "origin_response.json").read_text())
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def key_of_path(path: str) -> str:
    event = copy.deepcopy(EVENT)
    event["Records"][0]["cf"]["request"]["uri"] = path
    return Request.parse(event).key


@given(texts)
def test_key_is_encoded_as_urllib_encodes_it(key: str) -> None:
    assert encode_key(key) == quote(key, safe="/-._~")


@given(texts)
def test_encoded_key_is_decoded_to_the_same_key(key: str) -> None:
    assert key_of_path(f"/{encode_key(key)}") == key


@given(st.one_of(texts, st.from_regex(r"(%[0-9A-Fa-f]{2}|%|é|[a-z])*", fullmatch=True)))
@example("100%.jpg")
@example("%C3é%A9%ff%2")
@example("%25%32%35")
def test_any_path_is_decoded_as_urllib_decodes_it(path: str) -> None:
    assert key_of_path(f"/{path}") == unquote(path, errors="replace")
