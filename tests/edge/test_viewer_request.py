import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rendition import Rendition
from tests.support.query_cases import ACCEPTED, CHROME, LIMITS, REFUSED, WEBP, Case
from tests.support.viewer_function import CODE, engines, event, run

NAMES = ("width", "height", "fit", "position", "format", "quality", "dpr", "background")
SIZES = [64, 320, 640, 1280]


@pytest.fixture(params=engines())
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def case_id(case: Case) -> str:
    return f"{case.query[:40]} [{case.accept[:12]}]"


@pytest.mark.parametrize("case", ACCEPTED, ids=case_id)
def test_query_becomes_its_canonical_spelling(engine: str, case: Case) -> None:
    response = run(engine, LIMITS, event(case.query, accept=case.accept))

    assert response["querystring"] == case.canonical


@pytest.mark.parametrize("case", REFUSED, ids=case_id)
def test_bad_value_returns_400_with_the_accepted_values(engine: str, case: Case) -> None:
    response = run(engine, LIMITS, event(case.query))

    problem = json.loads(response["body"])
    assert response["statusCode"] == problem["status"] == 400
    assert response["headers"]["content-type"]["value"] == "application/problem+json"
    assert sorted(re.findall(r"(\w+) accepts \w", problem["detail"])) == sorted(case.refused)


@pytest.mark.parametrize("case", ACCEPTED, ids=case_id)
def test_canonical_query_is_not_changed(case: Case) -> None:
    response = run("quickjs", LIMITS, event(case.canonical, accept=case.accept))

    assert response["querystring"] == case.canonical


@pytest.mark.parametrize(
    ("uri", "canonical"),
    [
        ("/arc_banner.png", "/arc_banner.png"),
        ("/%61rc%5Fbanner.png", "/arc_banner.png"),
        ("/a%20b.png", "/a%20b.png"),
        ("/a+b.png", "/a%2Bb.png"),
        ("/a%2bb.png", "/a%2Bb.png"),
        ("/100%25.png", "/100%25.png"),
        ("/caf%C3%A9.png", "/caf%C3%A9.png"),
        ("/cafe\u0301.png", "/cafe%CC%81.png"),
        ("/cats%2F1.jpg", "/cats/1.jpg"),
        ("/a//b.jpg", "/a//b.jpg"),
        ("/.hidden/~x-y_z.jpg", "/.hidden/~x-y_z.jpg"),
        ("/it's(1)!*.jpg", "/it%27s%281%29%21%2A.jpg"),
    ],
)
def test_path_becomes_its_canonical_spelling(engine: str, uri: str, canonical: str) -> None:
    assert run(engine, LIMITS, event(uri=uri))["uri"] == canonical


@pytest.mark.parametrize("uri", ["/", "/cats/", "/../x", "/a/../b.jpg", "/%2e%2E/x", "/./a", "/a/..", "/%zz", "/%ff"])
def test_path_that_cannot_be_a_key_returns_404(engine: str, uri: str) -> None:
    response = run(engine, LIMITS, event("width=9", uri=uri))

    assert response["statusCode"] == json.loads(response["body"])["status"] == 404


def test_range_is_kept_for_originals_only(engine: str) -> None:
    headers = {"range": "bytes=0-9", "if-range": '"x"', "accept": "*/*"}

    original = run(engine, LIMITS, event("", **headers))
    rendition = run(engine, LIMITS, event("width=9", **headers))

    assert set(original["headers"]) == set(headers)
    assert set(rendition["headers"]) == {"accept"}


@pytest.mark.parametrize(
    ("requested", "size"), [(1, 64), (64, 64), (65, 320), (641, 1280), (1280, 1280), (1281, 1280), (4096, 1280)]
)
def test_sides_are_rounded_up_to_the_sizes_of_the_stack(engine: str, requested: int, size: int) -> None:
    response = run(engine, {**LIMITS, "sizes": SIZES}, event(f"width={requested}"))

    assert response["querystring"] == f"format=original&width={size}"


@pytest.mark.parametrize(
    ("default_format", "canonical"), [("webp", "format=webp&width=9"), ("original", "format=original&width=9")]
)
def test_missing_format_means_the_default_of_the_stack(default_format: str, canonical: str) -> None:
    response = run("quickjs", {**LIMITS, "format": default_format}, event("width=9", accept=CHROME))

    assert response["querystring"] == canonical


def test_sizes_limit_the_number_of_renditions() -> None:
    """All requests together lead to one rendition for each size and each of AVIF, WebP and the original format."""
    canonical_queries = {
        run("quickjs", {**LIMITS, "sizes": SIZES}, event(f"width={width}&dpr={dpr}", accept=accept))["querystring"]
        for width in range(1, 4097, 37)
        for dpr in ("1", "1.5", "2", "3")
        for accept in ("*/*", WEBP, CHROME)
    }

    assert len(canonical_queries) == len(SIZES) * 3


values = st.one_of(
    st.integers(-5, 9999).map(str),
    st.sampled_from(["cover", "contain", "fill", "top", "jpg", "png", "auto", "webp", "1.5", "2", "ff0000", ""]),
    st.text(max_size=8),
)
pairs = st.tuples(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), values)
queries = st.lists(pairs, max_size=6).map(lambda items: "&".join(f"{name}={value}" for name, value in items))


@given(query=st.one_of(queries, st.text(max_size=60)), accept=st.sampled_from(["", WEBP, CHROME, "*/*"]))
def test_python_parses_every_canonical_query_of_any_query(query: str, accept: str) -> None:
    response: dict[str, Any] = run("quickjs", LIMITS, event(query, accept=accept))

    if response.get("statusCode") == 400:
        return
    canonical = response["querystring"]
    assert run("quickjs", LIMITS, event(canonical, accept=accept))["querystring"] == canonical
    assert canonical == "" or str(Rendition.parse(canonical)) == canonical


@given(uri=st.text(max_size=40).map(lambda text: f"/{text}"))
def test_canonical_path_of_any_path_is_not_changed(uri: str) -> None:
    response = run("quickjs", LIMITS, event(uri=uri))

    if "statusCode" not in response:
        assert run("quickjs", LIMITS, event(uri=response["uri"]))["uri"] == response["uri"]


def test_code_uses_only_functions_that_cloudfront_documents() -> None:
    """njs accepts more functions than CloudFront: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html"""
    code = re.sub(r"//.*", "", CODE)

    assert not re.findall(r"\b(eval|Function|setTimeout|setInterval|process|require|import|fs)\s*\(", code)
    assert len(CODE.encode()) < 10_240 - 1_024, "LIMITS needs 1,024 bytes."
