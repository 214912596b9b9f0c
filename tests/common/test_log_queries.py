"""The saved queries use only fields that a log line has, and only the commands that the local engine evaluates."""

import re

import pytest

from common.log_queries import LOG_QUERIES, REQUEST_PLACEHOLDER, LogQuery, find_query, request_query
from tests.support.metric_sources import LOG_FIELDS

WORDS = {"filter", "or", "and", "stats", "by", "as", "sort", "asc", "desc", "limit", "fields"}
FUNCTIONS = {"count", "sum", "avg", "max", "pct", "bin"}

every_query = pytest.mark.parametrize("query", LOG_QUERIES, ids=lambda query: query.name)


@every_query
def test_query_names_only_fields_of_a_log_line(query: LogQuery) -> None:
    text = re.sub(r'"[^"]*"', "", query.text)
    aliases = set(re.findall(r" as (\w+)", text))
    functions = set(re.findall(r"(\w+)\(", text))
    names = set(re.findall(r"(?<![\w@])[a-z][\w.]*", text.replace("bin(1h)", "")))

    assert functions <= FUNCTIONS
    assert names - WORDS - FUNCTIONS - aliases <= LOG_FIELDS
    assert set(re.findall(r"@\w+", text)) <= {"@timestamp", "@message"}


@every_query
def test_query_consists_of_simple_commands_and_ends_with_a_limit(query: LogQuery) -> None:
    commands = [line.split()[0] for line in query.text.split("\n| ")]

    assert set(commands) <= {"fields", "filter", "stats", "sort", "limit"}
    assert commands[-1] == "limit"


def test_names_of_queries_are_different() -> None:
    assert len({query.name for query in LOG_QUERIES}) == len(LOG_QUERIES) == 6
    assert find_query("sizes").title == "Most requested sizes"
    with pytest.raises(KeyError):
        find_query("none")


def test_query_of_a_request_contains_its_id() -> None:
    assert REQUEST_PLACEHOLDER in find_query("request").text
    assert 'filter request = "a_b-c=="' in request_query("a_b-c==")
