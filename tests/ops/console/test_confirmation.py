"""The question before an action that is expensive or hard to undo."""

import io
from typing import Any

import pytest

from ops.console.confirmation import confirm
from ops.errors import Interrupted, Usage

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("reply", "agreed"),
    [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False), ("what\n", False)],
)
def test_only_y_and_yes_mean_agreement(
    reply: str, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(reply))

    assert confirm("Delete it?", yes=False) is agreed
    assert capsys.readouterr() == ("", "\nDelete it? [y/N] ")


def test_yes_agrees_without_a_question_and_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    assert confirm("Delete it?", yes=True)
    assert capsys.readouterr() == ("", "")


def test_question_without_a_terminal_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    with pytest.raises(Usage, match=r"^Delete it\? The command cannot ask .* not a terminal. Add --yes") as raised:
        confirm("Delete it?", yes=False)
    assert raised.value.status == 2


def test_ctrl_c_at_the_question_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class InterruptedTerminal(Terminal):
        def readline(self, *_: Any) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", InterruptedTerminal())

    with pytest.raises(Interrupted, match="nothing was changed"):
        confirm("Delete it?", yes=False)
