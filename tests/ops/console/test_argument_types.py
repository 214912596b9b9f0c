import click
import pytest

from ops.console.argument_types import Amount, CommaSeparated, DecimalRange, IntegerRange, RunName, Share

MILLISECONDS = DecimalRange(1, 30_000)
MEMORY = IntegerRange(128, 10_240)
FORMATS = CommaSeparated(click.Choice(("webp", "avif")))


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("250000", 250_000), ("250k", 250_000), ("10M", 10_000_000), ("1.5M", 1_500_000), ("2G", 2 * 10**9)],
)
def test_amount_with_a_factor_is_multiplied(text: str, value: int) -> None:
    assert Amount()(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        *(
            (Amount(), text, "whole number such as")
            for text in ("ten", "", "-1", "1.5", "0.0001k", "1e6", "10m", "1 M")
        ),
        (Amount(), "9999999999G", "whole number such as"),
        *((Share(), text, "a share from 0 to 1: 95 % is 0.95") for text in ("95", "95%", "-0.1", "nan", "", "1.01")),
        *((MILLISECONDS, text, "a number from 1 to 30000") for text in ("0", "30001", "inf", "150ms")),
        *((MEMORY, text, "a whole number from 128 to 10240") for text in ("127", "10241", "1769.0", "\u00b2")),
        *((CommaSeparated(MEMORY), text, "a whole number from 128") for text in ("", "128,", "128,1", "128 256")),
        *((FORMATS, text, "is not one of 'webp', 'avif'") for text in ("", "webp,gif", "WEBP")),
        *((RunName(), text, "letters, digits, dots") for text in ("", "a b", "x" * 65, "\u00fc")),
    ],
)
def test_invalid_value_is_refused_with_what_is_accepted(kind: click.ParamType[object], text: str, message: str) -> None:
    with pytest.raises(click.BadParameter, match=message):
        kind(text)


def test_ranges_include_their_ends() -> None:
    assert [Share()(text) for text in ("0", "1", "0.95")] == [0, 1, 0.95]
    assert [DecimalRange(1, 2)("1"), DecimalRange(1, 2)("2"), IntegerRange(1, 2)("1"), IntegerRange(1, 2)("2")] == [
        *(1, 2),
        *(1, 2),
    ]


def test_list_keeps_its_order_and_loses_duplicates() -> None:
    assert CommaSeparated(IntegerRange(1, 9))("3,1,3,2") == [3, 1, 2]
    assert FORMATS("avif,webp,avif") == ["avif", "webp"]


@pytest.mark.parametrize("name", ["monday", "2026-11-21_a.b", "x" * 64])
def test_run_name_is_returned_unchanged(name: str) -> None:
    assert RunName()(name) == name


@pytest.mark.parametrize(
    ("kind", "default"),
    [(Amount(), 250), (Share(), 0.5), (MILLISECONDS, 150.0), (MEMORY, 1769), (CommaSeparated(MEMORY), [128])],
    ids=["amount", "share", "decimal", "integer", "list"],
)
def test_default_that_is_already_converted_is_kept(kind: click.ParamType[object], default: object) -> None:
    assert kind(default) == default
