import io
import sys

import pytest

from sayso.commands import progress
from sayso.commands.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal; not a fixture, because pytest puts its own back after those."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    return stream


def test_counts_are_shown_and_wiped(monkeypatch):
    terminal = on_terminal(monkeypatch)
    with ProgressLine("documents", total=3) as line:
        line.advance()
        line.advance()
        line.sentences(256, 5000)
        line.sentences(10, 20)  # too small a document to count in
        line.advance()
    shown = terminal.getvalue()
    assert "3/3" in shown
    assert shown.endswith("\x1b[2K")  # the line is gone


def test_output_on_the_same_terminal_gets_its_place(monkeypatch):
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Terminal())
    with ProgressLine("documents") as line:
        line.advance()
        line.hide()
        assert terminal.getvalue().endswith("\x1b[2K")
        line.advance()
        assert not terminal.getvalue().endswith("\x1b[2K")


def test_short_runs_and_pipes_show_nothing(monkeypatch):
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", 60.0)
    with ProgressLine("documents") as line:
        line.advance()
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with ProgressLine("documents") as line:
        line.advance()
    assert terminal.getvalue() == ""
