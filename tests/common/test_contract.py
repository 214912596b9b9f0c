import string

import pytest

from common.contract import CHOICES, NEGOTIATED_FORMATS, OUTPUT_FORMATS, encode_key
from edge.rendition import Rendition


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("cats/1.jpg", "cats/1.jpg"),
        ("a b+c%20.jpg", "a%20b%2Bc%2520.jpg"),
        ("café.jpg", "caf%C3%A9.jpg"),
        (f"{string.ascii_letters}{string.digits}-._~", f"{string.ascii_letters}{string.digits}-._~"),
    ],
)
def test_every_byte_is_encoded_once_except_unreserved_characters(key: str, path: str) -> None:
    assert encode_key(key) == path


def test_every_negotiated_format_can_be_requested_by_name() -> None:
    assert set(NEGOTIATED_FORMATS) <= set(OUTPUT_FORMATS) <= set(CHOICES["format"])


def test_choices_are_the_documented_values() -> None:
    assert {
        "dpr": ("1", "1.5", "2", "3"),
        "fit": ("cover", "contain", "fill"),
        "format": ("auto", "original", "jpeg", "png", "webp", "avif"),
        "position": (
            *("center", "top", "top-right", "right", "bottom-right"),
            *("bottom", "bottom-left", "left", "top-left"),
        ),
    } == CHOICES


def test_first_choice_is_the_default_of_a_rendition() -> None:
    rendition = Rendition(width=1)

    assert (rendition.fit, rendition.position) == (CHOICES["fit"][0], CHOICES["position"][0])
