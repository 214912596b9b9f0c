"""Test that no viewer gets the response to another viewer's hostile request."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from pathlib import Path

import pytest

from tests.support.decoded_pictures import decode, decoded_size, write_noise, write_picture
from tests.support.served_stack import ServedStack, put_original, serve_stack

SPELLINGS = (
    *("/.renditions%2F{0}", "/%2Erenditions/{0}", "/.%72enditions/{0}", "//.renditions/{0}", "/.renditions//{0}"),
    *("/%2F.renditions/{0}", "/./.renditions/{0}", "/%2e/.renditions/{0}", "/a/../.renditions/{0}"),
    *("/a/%2E%2e/.renditions/{0}", "/a%2F..%2F.renditions%2f{0}", "/.renditions\\{0}", "/.renditions%5C{0}"),
    *("/a\\..\\.renditions\\{0}", "/.renditions/./{0}", "/.renditions/%2e/{0}", "/.renditions/a/../{0}"),
)
"""Other spellings of the path of a stored rendition. `{0}` is the key without the prefix `.renditions/`."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    write_noise(folder / "noise.png")
    write_picture(folder / "wide.jpg", 900, 300)
    return folder


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[ServedStack]:
    with serve_stack(folder) as running:
        yield running


@pytest.mark.parametrize("decodes_unreserved", [False, True])
def test_stored_rendition_cannot_be_replaced(stack: ServedStack, decodes_unreserved: bool) -> None:
    """AWS does not say whether a behavior matches a path before or after `%2E` became `.`, so both are tested."""
    stack.running.distribution.decodes_unreserved = decodes_unreserved
    width = 890 + decodes_unreserved
    location = stack.get(f"/noise.png?width={width}&format=png").headers["location"]
    name = location.removeprefix("/.renditions/")
    put_original(stack, f".renditions/{name}", b"an original with the key of the stored rendition")

    statuses = {stack.get(spelling.format(name)).status for spelling in SPELLINGS}

    assert statuses == {404}
    assert stack.get(location).headers["x-cache"] == "Miss from cloudfront"
    assert decoded_size(stack.get(location)) == (width, width)


@pytest.mark.parametrize("query", ["width=9", "format=webp", "width=0", "x=1", "quality=3&quality=4"])
def test_stored_rendition_has_one_cache_entry(stack: ServedStack, query: str) -> None:
    location = stack.get("/noise.png?width=889&format=png").headers["location"]
    stack.get(location)

    response = stack.get(f"{location}?{query}")

    assert (response.headers["x-cache"], decoded_size(response)) == ("Hit from cloudfront", (889, 889))


@pytest.mark.parametrize("path", ["/wide.jpg?width={0}", "/wide{0}.jpg"])
@pytest.mark.parametrize("condition", ["if_none_match", "if_modified_since", "if_match", "if_unmodified_since"])
def test_condition_of_one_viewer_does_not_affect_others(
    stack: ServedStack, folder: Path, path: str, condition: str
) -> None:
    body = (folder / "wide.jpg").read_bytes()
    etag = f'"{md5(body, usedforsecurity=False).hexdigest()}"'
    value = {
        "if_none_match": etag,
        "if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT",
        "if_match": '"another"',
        "if_unmodified_since": "Sat, 01 Jan 2000 00:00:00 GMT",
    }[condition]
    start = threading.Barrier(8)

    def request(number: int, index: int) -> int:
        start.wait()
        response = stack.get(path.format(number), **({condition: value} if index % 2 else {}))
        assert decode(response)
        return response.status

    with ThreadPoolExecutor(8) as viewers:
        for number in range(10, 20):
            put_original(stack, f"wide{number}.jpg", body)
            assert set(viewers.map(request, [number] * 8, range(8))) == {200}


def test_etag_of_a_rendition_is_confirmed_from_the_cache(stack: ServedStack) -> None:
    etag = stack.get("/wide.jpg?width=99").headers["etag"]

    same, weak = (stack.get("/wide.jpg?width=99", if_none_match=value) for value in (etag, f"W/{etag}"))
    other = stack.get("/wide.jpg?width=99", if_none_match=etag.replace("-", "-1-"))

    assert [(response.status, response.body) for response in (same, weak)] == [(304, b"")] * 2
    assert decoded_size(other) == (99, 33)
