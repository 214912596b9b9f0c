"""Ask AWS whether requests pass the firewall, and how their paths, queries and settings reach the functions and S3."""

import pytest

from conformance.pictures import encode, quadrants
from ops.aws.stack import Stack
from tests.live.site import Canary, NewCanary, Report, Site, decode


@pytest.mark.question("query-string")
def test_edge_function_sees_the_query(site: Site, picture: Canary, answer: Report) -> None:
    response = site.get(f"{picture.path}?width=111")
    answer(f"The rendition for width=111 has {decode(response).width} columns.")

    assert decode(response).size == (111, 74)


@pytest.mark.question("query-encoding")
def test_encoded_value_of_a_parameter_is_reported(site: Site, picture: Canary, answer: Report) -> None:
    response = site.get(f"{picture.path}?width=%31%31%32")
    answer(f"width=%31%31%32 had status {response.status_code}.")

    assert response.status_code == 400 or decode(response).width == 112


@pytest.mark.question("plus-in-path")
def test_key_with_a_plus_is_served(site: Site, new_canary: NewCanary, answer: Report) -> None:
    bodies = {name: encode(quadrants(width, 30), "PNG") for name, width in (("a+b.png", 40), ("a b.png", 50))}
    canaries = {name: new_canary(name) for name in bodies}
    for name, canary in canaries.items():
        canary.upload(bodies[name], ContentType="image/png")
    folder = canaries["a b.png"].path.rpartition("/")[0]
    widths = {name: decode(site.get(f"{folder}/{name}")).width for name in ("a+b.png", "a%2Bb.png", "a%20b.png")}
    answer(f"Width of the original at each URL: {widths}; the key with a plus has 40, the key with a space 50.")

    assert list(widths.values()) == [40, 40, 50]


@pytest.mark.question("settings-header")
def test_settings_reach_the_edge_function(site: Site, picture: Canary, answer: Report) -> None:
    response = site.get(f"{picture.path}?width=113")
    answer(f"A rendition, which needs the settings, had status {response.status_code}.")

    assert response.status_code == 200


@pytest.mark.question("origin-fields")
def test_event_has_the_headers_of_the_origin(site: Site, picture: Canary, answer: Report) -> None:
    response = site.get(picture.path)
    answer(f"An original had status {response.status_code} and cache-control {response.headers.get('cache-control')}.")

    assert "s-maxage=" in response.headers["cache-control"], "the lifetime comes from the header of the origin"


@pytest.mark.question("path-normalization")
def test_other_spelling_of_the_reserved_path_is_refused(site: Site, answer: Report) -> None:
    paths = ["/.renditions/x", "/%2Erenditions/x", "/.renditions%2Fx", "/.renditions//x"]
    paths += ["/x/../.renditions/x", "/x/%2E%2E/.renditions/x", "/.renditions/../.versions/x"]
    responses = {path: site.get(path) for path in paths}
    seen = ", ".join(f"{path} {response.status_code}" for path, response in responses.items())
    answer(f"Path and status: {seen}.")

    assert all(response.status_code in (400, 403, 404) for response in responses.values())


BROWSERS = {
    "Chrome": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
    ),
    "Safari": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
    ),
    "Googlebot": "Googlebot-Image/1.0",
    "curl": "curl/8.14.1",
}


@pytest.mark.question("firewall-browsers")
def test_requests_of_browsers_pass_the_firewall(site: Site, picture: Canary, answer: Report) -> None:
    statuses = {
        name: site.get(
            f"{picture.path}?width=118&utm_source=newsletter&v=%7B1%7D",
            user_agent=agent,
            accept="image/avif,image/webp,image/apng,*/*;q=0.8",
            accept_language="de-DE,de;q=0.9",
            referer="https://site.example/shop?article=1",
            cookie=f"session={'0123456789' * 30}",
        ).status_code
        for name, agent in BROWSERS.items()
    }
    has_firewall = bool(site.stack and site.stack.outputs.get("firewall_arn"))
    answer(f"Statuses: {statuses}. The stack has {'a' if has_firewall else 'no'} firewall.")

    assert set(statuses.values()) == {200}


@pytest.mark.question("bucket-keys")
def test_encrypted_objects_are_readable(site: Site, stack: Stack, new_canary: NewCanary, answer: Report) -> None:
    if not stack.outputs.get("key_arn"):
        pytest.skip("the stack has no key (encryption: s3)")
    canary = new_canary("encrypted.png")
    stored = canary.upload(encode(quadrants(90, 60), "PNG"), ContentType="image/png")
    statuses = [site.get(f"{canary.path}{query}").status_code for query in ("", "?width=30")]
    answer(
        f"S3 stored the original with {stored['ServerSideEncryption']}, bucket key {stored.get('BucketKeyEnabled')}; "
        f"the original and its rendition had the statuses {statuses}."
    )

    assert statuses == [200, 200]
