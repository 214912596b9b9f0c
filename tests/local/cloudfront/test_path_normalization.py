import pytest

from local.cloudfront.path_normalization import normalize_path


@pytest.mark.parametrize("decodes_unreserved", [False, True])
@pytest.mark.parametrize(
    ("path", "normalized"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/", "/a/"),
        ("/a/b/..", "/a/"),
        ("//a///b//", "/a/b/"),
        ("/a/../b", "/b"),
        ("/./a/.", "/a/"),
        ("/../../a", "/a"),
        ("/a%2Fb", "/a%2Fb"),
    ],
)
def test_slashes_and_dot_segments_are_removed(path: str, normalized: str, decodes_unreserved: bool) -> None:
    """AWS documents this part."""
    assert normalize_path(path, decodes_unreserved=decodes_unreserved) == normalized


@pytest.mark.parametrize(
    ("path", "decoded"),
    [("/%2Ea/%62%7a%5F", "/.a/bz_"), ("/a/%2e%2E/b", "/b"), ("/%2F%25%20%5C", "/%2F%25%20%5C"), ("/%252e", "/%252e")],
)
def test_unreserved_characters_are_decoded_only_on_request(path: str, decoded: str) -> None:
    """AWS does not say whether CloudFront does this; RFC 3986, to which AWS refers, does."""
    assert normalize_path(path, decodes_unreserved=True) == decoded
    assert normalize_path(path, decodes_unreserved=False) == path
