from common.cache_tags import folder_tag, key_tag, pipeline_tag, stored_prefix, tags


def test_tags_are_the_key_tag_and_the_tags_of_its_folders() -> None:
    assert tags("a/b/c.jpg") == [key_tag("a/b/c.jpg"), folder_tag("a/"), folder_tag("a/b/")]


def test_two_keys_share_only_the_tags_of_common_folders() -> None:
    assert set(tags("cats/1.jpg")) & set(tags("cats/1.jpg2")) == {folder_tag("cats/")}
    assert not set(tags("cats/1.jpg")) & set(tags("Cats/1.jpg"))


def test_key_and_folder_of_the_same_name_have_different_tags() -> None:
    assert key_tag("cats/") != folder_tag("cats/")


def test_every_tag_is_valid_for_cloudfront() -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html"""
    all_tags = [*tags("/".join("é ,+" for _ in range(80))), pipeline_tag("1")]

    assert len(all_tags) <= 50
    assert all(33 <= ord(char) <= 126 and char != "," and char != "A" for tag in all_tags for char in tag)
    assert max(map(len, all_tags)) <= 256


def test_stored_prefix_and_key_tag_have_the_same_hash() -> None:
    assert stored_prefix("cats/é 1.jpg") == f".renditions/{key_tag('cats/é 1.jpg').removeprefix('key:')}/"


def test_stored_prefix_is_not_the_beginning_of_another_one() -> None:
    prefixes = [stored_prefix(key) for key in ("cats/1.jpg", "cats/1.jpg2", "cats/", "Cats/1.jpg")]

    assert len({len(prefix) for prefix in prefixes}) == 1
    assert len(set(prefixes)) == len(prefixes)
