"""The cache tags of the responses that are made from an original, and the prefix of its stored renditions.

One invalidation of a tag drops all renditions of an original, or of a folder.
"""

import hashlib
from itertools import accumulate, islice
from typing import Final

from common.contract import STORED_RENDITIONS_PREFIX

MAX_TAGGED_FOLDERS: Final = 48
"""The maximum number of folders of a key that have a tag. In a deeper key, only the outermost folders have tags.

CloudFront reads at most 50 tags of a response and ignores the rest. Two of these tags are the tag of the key and
the tag of the pipeline version.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html
"""


def key_tag(key: str) -> str:
    """Return the tag of all responses for one original.

    The tag contains a hash of the key, because a tag is case-insensitive ASCII without commas or spaces, and a key can
    be any text.
    """
    return _tag("key", key)


def folder_tag(folder: str) -> str:
    """Return the tag of all responses for originals below a folder. `folder` ends in a slash, as in `cats/`."""
    return _tag("folder", folder)


def pipeline_tag(version: str) -> str:
    """Return the tag of all renditions that one version of the pipeline made."""
    return f"pipeline:{version}"


def tags(key: str) -> list[str]:
    """Return the tag of the key, followed by the tags of its folders, outermost first."""
    folders = accumulate(f"{name}/" for name in key.split("/")[:-1])
    return [key_tag(key), *map(folder_tag, islice(folders, MAX_TAGGED_FOLDERS))]


def name_digest(name: str) -> str:
    """Return the hash of the name of an original or of a folder, as 32 hexadecimal digits."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def stored_prefix(key: str) -> str:
    """Return the prefix of the S3 keys of all stored renditions of one original. The prefix ends in a slash.

    The prefix contains the same hash of the key as `key_tag`, because a listing of the prefix must not find stored
    renditions of other originals, such as those of `cats/1.jpg2` for `cats/1.jpg`.
    """
    return f"{STORED_RENDITIONS_PREFIX}{name_digest(key)}/"


def _tag(kind: str, name: str) -> str:
    return f"{kind}:{name_digest(name)}"
