"""The cache tags of an original's responses, by which one invalidation drops all of its renditions."""

import hashlib
from itertools import accumulate, islice
from typing import Final

MAX_TAGGED_FOLDERS: Final = 48
"""The number of folders of a key that get a tag, outermost first.

CloudFront reads at most 50 tags of an object and ignores the rest. The tags of the key and of the pipeline need two.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html
"""


def key_tag(key: str) -> str:
    """Return the tag of one original.

    The tag contains a hash of the key. Tags are case-insensitive ASCII without commas or spaces; keys are not.
    """
    return _tag("key", key)


def folder_tag(folder: str) -> str:
    """Return the tag of everything below a folder. `folder` ends in a slash, as in `cats/`."""
    return _tag("folder", folder)


def pipeline_tag(version: str) -> str:
    """Return the tag of everything that one version of the pipeline rendered."""
    return f"pipeline:{version}"


def tags(key: str) -> list[str]:
    """Return the tag of the key, followed by the tags of its folders, outermost first."""
    folders = accumulate(f"{name}/" for name in key.split("/")[:-1])
    return [key_tag(key), *map(folder_tag, islice(folders, MAX_TAGGED_FOLDERS))]


def _tag(kind: str, name: str) -> str:
    return f"{kind}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
