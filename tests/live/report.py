"""The report at the end of a run: what each question saw, and which decision the answer settles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.live.by_hand import LOOK_BY_HAND
from tests.live.questions import ASKED, Question

QUESTION: Final = "question"
"""The name of the user property of a test that contains the id of its question."""
SEEN: Final = "seen"
"""The name of the user property of a test that contains a sentence about what the test saw."""

_RESULTS: Final = {
    "passed": "does not contradict the code",
    "failed": "contradicts the code",
    "error": "not answered: error",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The result of the test of one question."""

    seen: str
    result: str


def read_answers(reports: Mapping[str, Iterable[Any]]) -> dict[str, Answer]:
    """Return the answers by the id of the question, from pytest's test reports by outcome."""
    answers: dict[str, Answer] = {}
    for outcome in ("passed", "skipped", "error", "failed"):
        for report in reports.get(outcome, ()):
            properties: list[tuple[str, Any]] = getattr(report, "user_properties", [])
            ids = [value for name, value in properties if name == QUESTION]
            if ids:
                seen = " ".join(value for name, value in properties if name == SEEN)
                answers[ids[0]] = Answer(seen=seen or "nothing", result=_result(outcome, report))
    return answers


def _result(outcome: str, report: Any) -> str:
    if outcome == "skipped":
        return f"not asked: {report.longrepr[2].removeprefix('Skipped: ')}"
    return _RESULTS[outcome]


def format_report(site: str, answers: Mapping[str, Answer]) -> str:
    """Return the report about `site` in Markdown."""
    lines = [f"# Answers of {site}", "", "## Asked", ""]
    for question in ASKED:
        answer = answers.get(question.id, Answer(seen="nothing", result="not part of this run"))
        lines += [*_heading(question), f"- seen: {answer.seen}", f"- result: {answer.result}", ""]
    lines += ["## Look by hand", ""]
    for question in LOOK_BY_HAND:
        lines += [*_heading(question), f"- way: {question.way}", ""]
    return "\n".join(lines)


def _heading(question: Question) -> list[str]:
    about = f"decision {question.decision}" if question.decision else "no decision"
    return [f"### {question.text}", "", f"- settles ({about}): {question.settles}"]


def write_report(folder: Path, text: str, *, is_local: bool) -> Path:
    """Write the report, and return its path. A run against the local engine does not replace the answers of AWS."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("answers-local.md" if is_local else "answers.md")
    path.write_text(text)
    return path
