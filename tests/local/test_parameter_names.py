import pytest

from local.parameter_names import ParameterNames, similar_names
from tests.support.viewer_function import CODE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("widht", ["width"]),
        ("w", ["width"]),
        ("h", ["height"]),
        ("q", ["quality"]),
        ("f", ["fit", "format"]),
        ("fmt", ["format"]),
        ("colour", []),
        ("utm_source", []),
        ("v", []),
        ("", []),
        ("width", []),
        ("dpr", []),
        ("x" * 10_000, []),
    ],
)
def test_unknown_name_resembles_the_known_names(name: str, expected: list[str]) -> None:
    assert similar_names(name) == expected


def test_every_parameter_of_the_viewer_function_is_known() -> None:
    names = [
        line.split(":")[0].strip() for line in CODE.partition("const ACCEPTS = {\n")[2].partition("};")[0].splitlines()
    ]

    assert "dpr" in names
    assert [name for name in names if name and similar_names(f"{name}x") != [name]] == []


def test_misspelt_name_is_reported_once() -> None:
    lines: list[str] = []
    names = ParameterNames(lines.append)

    for query in ("widht=50&height=9", "WIDHT=60", "utm_source=x&WIDTH=5", "", "w=1&widht=9"):
        names.check(query)

    assert lines == [
        "unknown parameter 'widht' has no effect; did you mean width?",
        "unknown parameter 'w' has no effect; did you mean width?",
    ]
