import string

import pytest

from common.contract import CHOICES, NEGOTIATED_FORMATS, OUTPUT_FORMATS, encode_key


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
