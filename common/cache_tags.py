"""Which cache tags an original's answers carry, so that one invalidation drops them all; shared with ops/."""

import hashlib
from itertools import accumulate

# CloudFront reads at most 50 tags of an object and ignores the rest.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html
_FOLDERS = 48


def key_tag(key: str) -> str:
    """The tag of one original. Hashed: tags are case-insensitive ASCII without commas or spaces, keys are not."""
    return _tag("key", key)


def folder_tag(folder: str) -> str:
    """The tag of all below a folder, which is written with its slash at the end, as in `cats/`."""
    return _tag("folder", folder)


def pipeline_tag(version: str) -> str:
    """The tag of all that one version of the pipeline rendered."""
    return f"pipeline:{version}"


def tags(key: str) -> list[str]:
    """The key's own tag, then its folders', outermost first, as many as CloudFront heeds."""
    folders = accumulate(f"{name}/" for name in key.split("/")[:-1])
    return [key_tag(key), *map(folder_tag, list(folders)[:_FOLDERS])]


def _tag(kind: str, name: str) -> str:
    return f"{kind}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
