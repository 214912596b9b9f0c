"""Test the errors and the headers that viewers receive."""

import pytest

from tests.live.site import PREFIX, Canary, NewCanary, Site


def test_bad_parameter_returns_a_problem_document(site: Site) -> None:
    response = site.get(f"/{PREFIX}any.png?width=0")

    assert (response.status_code, response.json()["status"]) == (400, 400)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith("width accepts a whole number")
    assert "max-age=60" in response.headers["cache-control"]


@pytest.mark.parametrize("query", ["", "?width=30"], ids=["original", "rendition"])
def test_missing_original_returns_a_problem_document(site: Site, run_prefix: str, query: str) -> None:
    response = site.get(f"/{run_prefix}missing.png{query}")

    assert (response.status_code, response.json()["status"]) == (404, 404)
    assert response.headers["content-type"] == "application/problem+json"
    assert "max-age=10" in response.headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/a/", "/%2e%2e/x", "/a/../x"])
def test_path_that_cannot_be_a_key_returns_404(site: Site, path: str) -> None:
    response = site.get(path)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_file_that_is_no_image_returns_415_only_when_resized(site: Site, new_canary: NewCanary) -> None:
    canary = new_canary("text.jpg")
    canary.upload(b"this is no picture", ContentType="image/jpeg")

    resized, original = site.get(f"{canary.path}?width=30"), site.get(canary.path)

    assert (resized.status_code, resized.json()["title"]) == (415, "Unsupported Media Type")
    assert resized.headers["content-type"] == "application/problem+json"
    assert "max-age=60" in resized.headers["cache-control"]
    assert (original.status_code, original.content) == (200, b"this is no picture")


def test_other_method_is_refused(site: Site) -> None:
    assert site.get(f"/{PREFIX}any.png", method="POST").status_code == 403


@pytest.mark.parametrize("query", ["", "?width=31"], ids=["original", "rendition"])
def test_image_has_the_headers_for_caches_and_browsers(site: Site, picture: Canary, query: str) -> None:
    headers = site.get(f"{picture.path}{query}", origin="https://site.example").headers

    assert headers["cache-control"].startswith("public, max-age=")
    assert "s-maxage=" in headers["cache-control"]
    assert headers["etag"].strip('"').rpartition("-")[2].isalnum()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("query", ["", "?width=32", "?width=0"], ids=["original", "rendition", "error"])
def test_internal_headers_do_not_reach_viewers(site: Site, picture: Canary, query: str) -> None:
    """CloudFront itself adds x-amz-cf-id and x-amz-cf-pop."""
    names = {name.lower() for name in site.get(f"{picture.path}{query}").headers}

    internal = {name for name in names if name.startswith("x-amz-")} - {"x-amz-cf-id", "x-amz-cf-pop"}
    assert internal == set()
    assert not {"cache-tag", "server-side-encryption", "x-image-settings"} & names


def test_matching_etag_returns_304(site: Site, picture: Canary) -> None:
    first = site.get_until_hit(f"{picture.path}?width=33")

    conditional = site.get(f"{picture.path}?width=33", if_none_match=first.headers["etag"])

    assert (conditional.status_code, conditional.content) == (304, b"")
