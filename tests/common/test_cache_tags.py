from common.cache_tags import folder_tag, key_tag, pipeline_tag, tags


def test_an_original_carries_its_own_tag_and_its_folders() -> None:
    assert tags("a/b/c.jpg") == [key_tag("a/b/c.jpg"), folder_tag("a/"), folder_tag("a/b/")]


def test_neighbours_share_folders_and_nothing_else() -> None:
    assert set(tags("cats/1.jpg")) & set(tags("cats/1.jpg2")) == {folder_tag("cats/")}
    assert not set(tags("cats/1.jpg")) & set(tags("Cats/1.jpg"))


def test_a_key_that_looks_like_a_folder_is_not_one() -> None:
    assert key_tag("cats/") != folder_tag("cats/")


def test_every_tag_is_one_that_cloudfront_accepts() -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html"""
    made = [*tags("/".join("é ,+" for _ in range(80))), pipeline_tag("1")]

    assert len(made) <= 50
    assert all(33 <= ord(char) <= 126 and char != "," and char != "A" for tag in made for char in tag)
    assert max(map(len, made)) <= 256
