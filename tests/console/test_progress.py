import io
import sys
from pathlib import Path
from typing import Any

import pytest

from sayso.console import progress
from sayso.console.progress import ProgressLine
from tests.conftest import Run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal; not a fixture, because pytest puts its own back after those."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "SECONDS_BEFORE_SHOWN", 0.0)
    return stream


def test_the_line_is_shown_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with ProgressLine("documents", total=3) as line:
        line.advance()
        line.advance()
        line.show_sentences(256, 5000)
        line.show_sentences(10, 20)  # too small a document to count in
        line.advance()
    shown = terminal.getvalue()
    assert "3/3" in shown
    assert shown.endswith("\x1b[2K")  # the line is gone


def test_the_line_is_removed_before_output(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Terminal())
    with ProgressLine("documents") as line:
        line.advance()
        line.hide()
        assert terminal.getvalue().endswith("\x1b[2K")
        line.advance()
        assert not terminal.getvalue().endswith("\x1b[2K")


def test_short_runs_and_pipes_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "SECONDS_BEFORE_SHOWN", 60.0)
    with ProgressLine("documents") as line:
        line.advance()
    monkeypatch.setattr(progress, "SECONDS_BEFORE_SHOWN", 0.0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with ProgressLine("documents") as line:
        line.advance()
    assert terminal.getvalue() == ""


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(progress, "monotonic", lambda: self.now)


def test_rate_and_time_left_are_those_of_this_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, terminal = Clock(monkeypatch), on_terminal(monkeypatch)
    with ProgressLine("rows", size=1000) as line:
        clock.now += 50  # in which an earlier run's rows were read again
        line.skip(300, 400)
        clock.now += 10
        line.set_position(600)
        line.advance(100)
    shown = " ".join(terminal.getvalue().split())
    assert "400 rows, 10.0/s, 0:00:20 left" in shown


def test_time_left_is_estimated_from_the_number_of_documents_if_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, terminal = Clock(monkeypatch), on_terminal(monkeypatch)
    with ProgressLine("documents", total=40) as line:
        clock.now += 10
        line.advance(10)
        line.show_sentences(256, 5000)
    shown = " ".join(terminal.getvalue().split())
    assert "10/40 documents, 1.0/s, 0:00:30 left, 256/5,000 sentences of the next" in shown


def test_a_long_run_without_a_terminal_prints_a_message_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, log = Clock(monkeypatch), io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with ProgressLine("rows", size=1000, logged=True) as line, ProgressLine("rows") as silent:
        for position in range(100, 600, 100):
            clock.now += 30
            line.set_position(position)
            line.advance(10)
            silent.advance(10)
    assert log.getvalue().splitlines() == [
        "sayso: 20 rows, 0.3/s, 0:04:00 left",
        "sayso: 40 rows, 0.3/s, 0:03:00 left",
    ]


def test_time_left_is_estimated_for_rows_in_any_format(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run
) -> None:
    """The size of the input is known, though not how many rows are in it."""
    given: dict[str, Any] = {}
    rows = tmp_path / "rows.csv"
    rows.write_text("text\nIt may rain.\n")
    init = ProgressLine.__init__

    def recorded(self: ProgressLine, unit: str, total: int | None = None, **options: Any) -> None:
        given.update(total=total, **options)
        init(self, unit, total, **options)

    monkeypatch.setattr(ProgressLine, "__init__", recorded)
    assert run("score", rows, "--format", "sarif").code == 0
    assert given == {"total": None, "size": rows.stat().st_size}
