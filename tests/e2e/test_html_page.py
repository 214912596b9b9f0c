"""The examples of docs/html.md: every URL returns an image, and every descriptor and attribute is true."""

import html
import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.decoded_pictures import decoded_size
from tests.support.query_cases import CHROME, LIMITS
from tests.support.served_stack import ROOT, ServedStack
from tests.support.viewer_function import event, run

PAGE = (ROOT / "docs" / "html.md").read_text()
HOST = "https://images.example.com"
SIZES = [320, 640, 1280]


class Candidate(NamedTuple):
    """A URL that a browser can select, and what the page says about its image."""

    path: str
    descriptor: str
    """The descriptor, such as `2x` or `640w`."""
    box: tuple[int, int]
    """The attributes `width` and `height` in CSS pixels."""


class Examples(HTMLParser):
    """The candidates of all `<img>` and `<source>` elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.candidates: list[Candidate] = []
        for block in re.findall(r"^```html\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            self.feed(block)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "picture":
            return
        box = int(values["width"]), int(values["height"])
        descriptors = [text.split() for text in values.get("srcset", "").split(",") if text]
        if "src" in values:
            has_widths = any(words[-1].endswith("w") for words in descriptors)
            descriptors.append([values["src"], f"{box[0]}w" if has_widths else "1x"])
        for url, *descriptor in descriptors:
            assert url.startswith(HOST)
            self.candidates.append(Candidate(url.removeprefix(HOST), *(descriptor or ["1x"]), box))


CANDIDATES = Examples(PAGE).candidates
WITH_SIZES = Examples(PAGE.partition("## Stacks with `sizes`")[2]).candidates
PATHS = sorted({html.unescape(path) for path in re.findall(rf"{HOST}([^\s\"`,)]+)", PAGE)})


@pytest.mark.parametrize("path", PATHS)
def test_url_of_the_page_returns_a_rendition(stack: ServedStack, path: str) -> None:
    response = stack.get(path, accept=CHROME)

    assert (response.status, "server-timing" in response.headers) == (200, True)
    assert response.headers["content-type"] == ("image/avif" if "format=avif" in path else "image/webp")


@pytest.mark.parametrize("candidate", sorted(set(CANDIDATES)), ids=lambda candidate: " ".join(candidate[:2]))
def test_rendition_has_the_width_of_its_descriptor(stack: ServedStack, candidate: Candidate) -> None:
    number, unit = float(candidate.descriptor[:-1]), candidate.descriptor[-1]

    width, height = decoded_size(stack.get(candidate.path, accept=CHROME))

    assert width == (number if unit == "w" else number * candidate.box[0])
    assert height == pytest.approx(width * candidate.box[1] / candidate.box[0], abs=2)


@pytest.mark.parametrize("candidate", WITH_SIZES, ids=lambda candidate: candidate.descriptor)
def test_descriptor_on_a_stack_with_sizes_is_the_rounded_width(candidate: Candidate) -> None:
    assert f"{canonical_sides(candidate.path)['width']}w" == candidate.descriptor


@pytest.mark.parametrize(("query", "sides"), re.findall(r"^\| `(\?[^`]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE))
def test_row_of_the_table_of_sizes_is_true(query: str, sides: str) -> None:
    expected = dict(text.split() for text in sides.strip().split(", "))

    assert canonical_sides(f"/a.jpg{query}") == expected


@pytest.mark.parametrize("query", ["width=1280", "width=320&dpr=2"])
def test_rendition_of_a_small_original_has_the_width_of_the_original(stack: ServedStack, query: str) -> None:
    assert decoded_size(stack.get(f"/chelsea.png?{query}", accept=CHROME)) == (451, 300)


def canonical_sides(path: str) -> dict[str, str]:
    """Return the sides that the viewer function of a stack with `sizes` requests."""
    url = urlsplit(path)
    request = run("quickjs", LIMITS | {"sizes": SIZES}, event(url.query, uri=url.path, accept=CHROME))
    return {name: value for name, value in parse_qsl(request["querystring"]) if name in ("width", "height")}
