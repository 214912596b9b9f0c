"""docs/changes.md is complete, and shows what the tests with the real engine hold."""

from dataclasses import fields

from infra.config.stack_config import StackConfig
from tests.engine.changes import read_changes
from tests.engine.changes_page import PAGE, page


def test_page_shows_the_tested_changes() -> None:
    assert PAGE.read_text() == page(), "python -m tests.engine.changes_page writes the page"


def test_every_key_of_the_configuration_has_a_change() -> None:
    changed = {key for change in read_changes() for key in change.keys}
    keys = {_camel_case(field.name) for field in fields(StackConfig)}

    # No deployed stack changes its platform.
    assert keys - changed == {"bundleTarget"}


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
