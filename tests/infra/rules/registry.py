"""The rules by their sentences."""

from collections.abc import Callable, Iterator

from local.program.program import Program

BUCKET = "aws:s3/bucket:Bucket"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION = "aws:lambda/function:Function"

Rule = Callable[[Program], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(sentence: str) -> Callable[[Rule], Rule]:
    def listed(check: Rule) -> Rule:
        RULES[sentence] = check
        return check

    return listed
