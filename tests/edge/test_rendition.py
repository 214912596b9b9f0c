import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import BadRendition
from edge.rendition import Rendition
from tests.support.query_cases import ACCEPTED, REFUSED, Case

CANONICAL = sorted({case.canonical for case in ACCEPTED if case.canonical})
NOT_CANONICAL = [case for case in ACCEPTED if case.query not in CANONICAL] + [
    case
    for case in REFUSED
    if case.query != "width=4097"  # The handler, not `parse`, checks the limits of a stack.
]


@pytest.mark.parametrize("query", CANONICAL)
def test_canonical_query_is_printed_as_it_was_parsed(query: str) -> None:
    assert str(Rendition.parse(query)) == query


@pytest.mark.parametrize("case", NOT_CANONICAL, ids=lambda case: case.query[:40])
def test_any_other_spelling_is_refused(case: Case) -> None:
    """Each accepted spelling would be another cache entry for the same rendition."""
    with pytest.raises(BadRendition):
        Rendition.parse(case.query)


@pytest.mark.parametrize(
    "query", ["width=0", "height=99999", "quality=101", "fit=x", "position=y", "format=bmp", "background=red"]
)
def test_refusal_names_the_parameter_and_its_accepted_values(query: str) -> None:
    with pytest.raises(BadRendition, match=rf"{query.partition('=')[0]} accepts \w"):
        Rendition.parse(query)


def test_query_without_a_format_is_not_canonical() -> None:
    with pytest.raises(BadRendition, match="format=original&width=9"):
        Rendition.parse("width=9")


@pytest.mark.parametrize(
    "query", ["format=jpeg&quality=80", "format=webp&quality=75&width=9", "format=avif&quality=56"]
)
def test_default_quality_of_a_format_is_not_canonical(query: str) -> None:
    with pytest.raises(BadRendition, match=r"is the default of format=\w+: remove it"):
        Rendition.parse(query)


renditions = st.fixed_dictionaries(
    {
        "width": st.integers(1, 16383),
        "height": st.integers(1, 16383),
        "fit": st.sampled_from(["cover", "contain", "fill"]),
        "format": st.sampled_from([None, "jpeg", "webp", "avif"]),
        "quality": st.one_of(st.none(), st.integers(1, 100).filter(lambda quality: quality not in (56, 75, 80))),
    }
).map(lambda values: Rendition(**values))


@given(renditions)
def test_parse_returns_an_equal_value_for_the_printed_query(rendition: Rendition) -> None:
    assert Rendition.parse(str(rendition)) == rendition


@given(st.text(max_size=60))
def test_parse_of_any_text_raises_only_bad_rendition(text: str) -> None:
    try:
        rendition = Rendition.parse(text)
    except BadRendition:
        return
    assert str(rendition) == text
