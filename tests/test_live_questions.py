"""Test that each open statement of a decision has a question, and each question has a test or a way to look."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.live.by_hand import LOOK_BY_HAND
from tests.live.questions import ASKED, Question
from tests.live.report import QUESTION, SEEN, Answer, format_report, read_answers
from tests.live.site import PREFIX
from tests.support.policy_documents import IDENTITY_POLICY, find_problems
from tests.support.served_stack import ROOT

DECISIONS = {int(path.name[:2]): path.read_text() for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
QUESTIONS = (*ASKED, *LOOK_BY_HAND)
OTHER_ACTIONS = {"wafv2:GetWebACL", "budgets:ViewBudget", "cloudwatch:ListMetrics"}
"""Actions that only read, and that tests/support/service_models.py does not know."""


def open_statements(text: str) -> list[str]:
    """Return the list items and the paragraphs of a decision that contain "not confirmed"."""
    parts = re.split(r"\n\n|\n(?=- )", text)
    return [part for part in parts if "not confirmed" in part.lower()]


STATEMENTS = [(number, part) for number, text in sorted(DECISIONS.items()) for part in open_statements(text)]


@pytest.mark.parametrize(("number", "statement"), STATEMENTS)
def test_every_open_statement_of_a_decision_has_a_question(number: int, statement: str) -> None:
    questions = [question for question in QUESTIONS if question.decision == number and question.statement]

    assert any(question.statement in statement for question in questions), (
        "add a question with words of this statement to tests/live/questions.py and a test of it to tests/live, or add "
        "it to tests/live/by_hand.py"
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_question_names_a_decision_and_an_open_statement_of_it(question: Question) -> None:
    """A question that is answered, and whose statement is therefore gone, must be removed or changed, too."""
    assert question.decision is None or question.decision in DECISIONS
    if question.statement:
        assert any(question.statement in text for number, text in STATEMENTS if number == question.decision)


def test_every_asked_question_has_one_test_and_the_others_a_way() -> None:
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests" / "live").glob("test_*.py")))

    asked = re.findall(r'^@pytest\.mark\.question\("([\w-]+)"\)$', tests, re.MULTILINE)
    assert sorted(asked) == sorted(question.id for question in ASKED)
    assert not [question.id for question in ASKED if question.way]
    assert not [question.id for question in LOOK_BY_HAND if not question.way]
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)


def test_report_contains_every_question_and_the_answers() -> None:
    text = format_report("https://images.example.com", {"fork": Answer(seen="7 ms", result="contradicts the code")})

    assert all(f"### {question.text}\n" in text for question in QUESTIONS)
    assert "- seen: 7 ms\n- result: contradicts the code\n" in text
    assert text.count("not part of this run") == len(ASKED) - 1


def test_answers_say_why_a_question_was_not_answered() -> None:
    def report(question_id: str, seen: str = "", reason: str = "") -> Any:
        properties = [(QUESTION, question_id), *([(SEEN, seen)] if seen else [])]
        return SimpleNamespace(user_properties=properties, longrepr=("file.py", 1, f"Skipped: {reason}"))

    refused = report("budget", reason="AWS refused DescribeBudget: AccessDenied")
    reports = {"passed": [report("fork", seen="4 ms")], "skipped": [refused], "failed": [report("head", seen="a body")]}

    assert {id_: (answer.seen, answer.result) for id_, answer in read_answers(reports).items()} == {
        "fork": ("4 ms", "does not contradict the code"),
        "budget": ("nothing", "not asked: AWS refused DescribeBudget: AccessDenied"),
        "head": ("a body", "contradicts the code"),
    }


def test_policy_of_the_smoke_test_writes_only_below_its_prefix() -> None:
    text = (ROOT / "docs" / "examples" / "smoke-test-policy.json").read_text()
    outputs = json.loads((ROOT / "docs" / "examples" / "outputs.json").read_text())
    names = {"KEY": "key_arn", "FIREWALL": "firewall_arn", "EDGE_LOG_GROUP": "edge_log_group", "BUDGET": "budget_name"}
    for word, value in {"ACCOUNT": "123456789012", **{word: outputs[name] for word, name in names.items()}}.items():
        text = re.sub(rf"\b{word}\b", value, text)
    text = text.replace("arn:aws:logs:*:", "arn:aws:logs:eu-central-1:")  # find_problems accepts no wildcard there.
    statements = json.loads(text)["Statement"]

    assert {problem.split()[0] for problem in find_problems(IDENTITY_POLICY, text)} <= OTHER_ACTIONS
    (upload,) = (statement for statement in statements if "s3:PutObject" in statement["Action"])
    assert upload["Resource"] == f"arn:aws:s3:::BUCKET/{PREFIX}*"
    assert [statement["Sid"] for statement in statements if statement["Resource"] == "*"] == ["ListMetrics"]
