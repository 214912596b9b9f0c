"""All rules, by the sentence that each of them checks."""

from collections.abc import Callable, Iterator

from local.program.program import Program

BUCKET = "aws:s3/bucket:Bucket"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION = "aws:lambda/function:Function"

Rule = Callable[[Program], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(sentence: str) -> Callable[[Rule], Rule]:
    """Register the decorated function under its sentence."""

    def register(check: Rule) -> Rule:
        RULES[sentence] = check
        return check

    return register
