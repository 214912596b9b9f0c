"""The registry of the rules: each rule has a sentence and a function that checks the sentence."""

from collections.abc import Callable, Iterator

from local.program.program import Program, Resource

BUCKET = "aws:s3/bucket:Bucket"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION = "aws:lambda/function:Function"

Rule = Callable[[Program], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(sentence: str) -> Callable[[Rule], Rule]:
    """Return a decorator that registers a function under the sentence that it checks."""

    def register(check: Rule) -> Rule:
        RULES[sentence] = check
        return check

    return register


def is_key_of_a_topic(resource: Resource) -> bool:
    """Return whether the resource is a KMS key that encrypts alerts. All other keys encrypt images."""
    return resource.type == "aws:kms/key:Key" and resource.name.startswith("alerts-")
