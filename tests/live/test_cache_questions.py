"""Ask AWS how its caches keep, check and drop responses."""

import time

import pytest

from common.invalidation import invalidation_item
from conformance.pictures import encode, quadrants
from ops.aws.stack import Stack
from tests.live.site import Canary, NewCanary, Report, Site, invalidate, is_hit


@pytest.mark.question("revalidation")
def test_expired_original_is_served_again(site: Site, new_canary: NewCanary, answer: Report) -> None:
    body = encode(quadrants(90, 60), "PNG")
    canary = new_canary("short-lived.png")
    canary.upload(body, ContentType="image/png", CacheControl="max-age=1")
    assert site.get(canary.path).content == body

    time.sleep(3)
    response = site.get(canary.path)
    answer(f"The expired original had status {response.status_code} and x-cache {response.headers.get('x-cache')!r}.")

    assert (response.status_code, response.content) == (200, body)


@pytest.mark.question("cache-tags")
def test_tag_of_a_key_drops_original_and_rendition(
    site: Site, stack: Stack, new_canary: NewCanary, answer: Report
) -> None:
    canary = new_canary("tagged.png")
    canary.upload(encode(quadrants(90, 60), "PNG"), ContentType="image/png")
    paths = [canary.path, f"{canary.path}?width=30"]
    for path in paths:
        site.get_until_hit(path)

    invalidate(stack, invalidation_item(canary.key))
    results = [site.get(path).headers.get("x-cache", "") for path in paths]
    answer(f"After the invalidation of the tag, x-cache of the original and of the rendition: {results}.")

    assert not [result for result in results if result.startswith("Hit")]


@pytest.mark.question("invalidated-spelling")
def test_spelling_that_an_invalidation_needs_is_reported(
    site: Site, stack: Stack, picture: Canary, answer: Report
) -> None:
    path = f"{picture.path}?width=120"
    for name, item in (("viewer's", path), ("canonical", f"{picture.path}?format=original&width=120")):
        site.get_until_hit(path)
        invalidate(stack, item)
        answer(f"The {name} query {'did not drop' if is_hit(site.get(path)) else 'dropped'} the rendition.")


@pytest.mark.question("cached-errors")
def test_second_response_for_a_broken_original_is_reported(site: Site, new_canary: NewCanary, answer: Report) -> None:
    canary = new_canary("broken.jpg")
    canary.upload(b"this is no picture", ContentType="image/jpeg")
    responses = [site.get(f"{canary.path}?width=30") for _ in range(5)]
    seen = [f"x-cache {item.headers.get('x-cache')!r}, age {item.headers.get('age', 'missing')}" for item in responses]
    answer(f"Five requests in turn: {'; '.join(seen)}. An age shows a response from the cache.")

    assert {response.status_code for response in responses} == {415}
