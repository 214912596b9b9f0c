import json
import re
from typing import Any
from urllib.parse import unquote

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
    return f"{case.path} {case.query[:40]} [{case.accept[:12]}]"


@pytest.mark.parametrize("case", ACCEPTED, ids=case_id)
def test_query_becomes_its_canonical_spelling(engine: str, case: Case) -> None:
    response = run(engine, LIMITS, event(case.query, uri=case.path, accept=case.accept))

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
    response = run("quickjs", LIMITS, event(case.canonical, uri=case.path, accept=case.accept))

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


@pytest.mark.parametrize(
    "uri",
    [
        # other spellings of /.renditions/abc.png, by percent-encoding, slashes, dot segments and backslashes
        *("/.renditions%2Fabc.png", "/%2Erenditions/abc.png", "/.%72enditions/abc.png", "/.renditions/%61bc.png"),
        *("//.renditions/abc.png", "/.renditions//abc.png", "/%2F.renditions/abc.png", "/.renditions%2F/abc.png"),
        *("/./.renditions/abc.png", "/x/../.renditions/abc.png", "/x/%2e%2e/.renditions/abc.png"),
        *("/x%2F..%2F.renditions/abc.png", "/.renditions/./abc.png", "/.renditions/x/../abc.png", "/%2e/.renditions/a"),
        *("/.renditions\\abc.png", "/\\.renditions/abc.png", "/.renditions%5Cabc.png", "/x/..\\.renditions/abc.png"),
        *("/x\\..\\.renditions\\abc.png", "/%2f%5c/%2E%72enditions%5cabc.png"),
        # paths that no stored rendition has
        *("/.renditions", "/.renditions/", "/%2Erenditions", "/.renditions/a_b", "/.renditions/a%20b"),
        *("/.renditions/\u00e9.png", "/.renditions/a+b", "/.renditions/a;b", "/.renditions/abc.png/"),
    ],
)
def test_other_spelling_of_a_stored_path_returns_404(engine: str, uri: str) -> None:
    response = run(engine, LIMITS, event(uri=uri))

    assert response["statusCode"] == json.loads(response["body"])["status"] == 404


@pytest.mark.parametrize("query", ["", "width=9", "format=webp&quality=3", "width=0", "x=1"])
def test_stored_path_has_no_query(engine: str, query: str) -> None:
    uri = "/.renditions/0123456789abcdef0123456789abcdef/9b2c-2-0123456789abcdef.png"

    request = run(engine, LIMITS, event(query, uri=uri, accept=WEBP, range="bytes=0-9"))

    assert (request["uri"], request["querystring"]) == (uri, "")
    assert request["headers"]["range"] == {"value": "bytes=0-9"}


@pytest.mark.parametrize("uri", ["/.renditionsx/a.png", "/a/.renditions/b.png", "/.Renditions/a.png", "/renditions/a"])
def test_key_that_only_resembles_a_stored_path_is_kept(engine: str, uri: str) -> None:
    request = run(engine, LIMITS, event("format=png", uri=uri))

    assert (request["uri"], request["querystring"]) == (uri, "format=png")


MD5 = "0123456789abcdef0123456789abcdef"
OWN_ETAGS = [f'"{MD5}-89abcdef"', f'"{MD5}-1-01234567"', f'W/"{MD5}-10000-01234567"']
"""ETags of the edge function: the ETag of an upload in one request or in several parts, and eight digits."""
OTHER_ETAGS = [
    *(f'"{MD5}"', f'"{MD5}-1"', f'"{MD5}-10000"', f'W/"{MD5}"', f"{MD5}-89abcdef", f'"{MD5.upper()}-89abcdef"'),
    *("*", "", '"x"', f'"{MD5}", "{MD5}-89abcdef"', f'"{MD5}-89abcdef", "{MD5}"', f'"{MD5}-89abcdef0"', f' "{MD5}-1"'),
    f'"W/{MD5}-89abcdef"',
]


@pytest.mark.parametrize("etag", OWN_ETAGS)
@pytest.mark.parametrize("query", ["", "width=9"])
def test_etag_of_the_edge_function_is_a_condition(engine: str, query: str, etag: str) -> None:
    request = run(engine, LIMITS, event(query, **{"if-none-match": etag}))

    assert request["headers"] == {"if-none-match": {"value": etag}}


@pytest.mark.parametrize("etag", OTHER_ETAGS)
@pytest.mark.parametrize("query", ["", "width=9"])
def test_etag_that_s3_could_have_is_no_condition(engine: str, query: str, etag: str) -> None:
    request = run(engine, LIMITS, event(query, **{"if-none-match": etag}))

    assert request["headers"] == {}


def test_condition_with_several_values_is_removed(engine: str) -> None:
    viewer_event = event("width=9")
    values = [{"value": OWN_ETAGS[0]}, {"value": f'"{MD5}"'}]
    viewer_event["request"]["headers"]["if-none-match"] = {**values[0], "multiValue": values}

    assert run(engine, LIMITS, viewer_event)["headers"] == {}


@pytest.mark.parametrize("query", ["", "width=9"])
def test_conditions_that_only_s3_could_check_are_removed(engine: str, query: str) -> None:
    date = "Fri, 01 Jan 2100 00:00:00 GMT"
    headers = {"if-modified-since": date, "if-unmodified-since": date, "if-match": OWN_ETAGS[0]}

    assert run(engine, LIMITS, event(query, **headers))["headers"] == {}


@pytest.mark.parametrize(
    ("query", "headers", "kept"),
    [
        ("", {"range": "bytes=0-9"}, {"range"}),
        ("", {"range": "bytes=0-9", "if-range": OWN_ETAGS[0]}, {"range", "if-range"}),
        ("", {"range": "bytes=0-9", "if-range": f'"{MD5}"'}, set()),
        ("", {"range": "bytes=0-9", "if-range": "Sat, 21 Nov 2026 08:00:00 GMT"}, set()),
        ("", {"if-range": OWN_ETAGS[0]}, set()),
        ("width=9", {"range": "bytes=0-9"}, set()),
        ("width=9", {"range": "bytes=0-9", "if-range": OWN_ETAGS[0]}, set()),
    ],
)
def test_range_is_kept_for_originals_with_its_condition(
    engine: str, query: str, headers: dict[str, str], kept: set[str]
) -> None:
    """Without If-Range, a range of a new version could continue the download of an earlier version."""
    assert set(run(engine, LIMITS, event(query, **headers))["headers"]) == kept


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


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("width=300&height=100", "format=original&height=107&width=320"),
        ("width=100&height=300", "format=original&height=320&width=107"),
        ("width=300&height=100&dpr=2", "format=original&height=213&width=640"),
        ("width=4000&height=3000", "format=original&height=960&width=1280"),
        ("width=1280&height=1", "format=original&height=1&width=1280"),
    ],
)
def test_box_keeps_its_ratio_when_its_longer_side_is_rounded_up(engine: str, query: str, canonical: str) -> None:
    response = run(engine, {**LIMITS, "sizes": [320, 640, 1280]}, event(query))

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


@given(
    query=st.one_of(queries, st.text(max_size=60)),
    accept=st.sampled_from(["", WEBP, CHROME, "*/*"]),
    uri=st.sampled_from(["/a.jpg", "/a.png", "/A.GIF"]),
)
def test_python_parses_every_canonical_query_of_any_query(query: str, accept: str, uri: str) -> None:
    response: dict[str, Any] = run("quickjs", LIMITS, event(query, accept=accept, uri=uri))

    if response.get("statusCode") == 400:
        return
    canonical = response["querystring"]
    assert run("quickjs", LIMITS, event(canonical, accept=accept, uri=uri))["querystring"] == canonical
    assert canonical == "" or str(Rendition.parse(canonical)) == canonical


@given(uri=st.text(max_size=40).map(lambda text: f"/{text}"))
def test_canonical_path_of_any_path_is_not_changed(uri: str) -> None:
    response = run("quickjs", LIMITS, event(uri=uri))

    if "statusCode" not in response:
        assert run("quickjs", LIMITS, event(uri=response["uri"]))["uri"] == response["uri"]


PARTS = [
    *(".renditions", "%2Erenditions", ".%72enditions", "/", "//", "%2F", "%2f", "\\", "%5C"),
    *(".", "..", "%2e", "%2E%2e", "a"),
]
spellings = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map(lambda items: "/" + "".join(items))


@given(uri=spellings)
def test_stored_path_is_accepted_in_one_spelling_only(uri: str) -> None:
    """Each other spelling could reach the originals bucket, depending on how CloudFront normalizes paths."""
    response = run("quickjs", LIMITS, event(uri=uri))

    if "statusCode" not in response:
        path = unquote(response["uri"]).replace("\\", "/")
        stored = re.match(r"/+\.renditions(/|$)", path)
        assert uri == response["uri"] if stored else ".." not in path.split("/")


def test_code_uses_only_functions_that_cloudfront_documents() -> None:
    """njs accepts more functions than CloudFront: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html"""
    code = re.sub(r"//.*", "", CODE)

    assert not re.findall(r"\b(eval|Function|setTimeout|setInterval|process|require|import|fs)\s*\(", code)
    assert len(CODE.encode()) < 10_240 - 1_024, "LIMITS needs 1,024 bytes."
