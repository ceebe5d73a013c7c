"""A small corpus, and a scorer that needs no time, for tests of what stands around it."""

import json
from dataclasses import dataclass
from pathlib import Path

from sayso.corpus.job import Job
from sayso.documents.documents import InputKind
from sayso.documents.find_files import InputFile
from sayso.engine.options import Options
from sayso.engine.report import Report
from sayso.linting.settings import LintSettings, SettingsFinder
from tests.reports.sample_reports import report, sentence

BAD = {3: "{bad", 8: '{"id": 8}', 9: '{"id": 9, "text": null}'}
"""Rows that cannot be scored, by their place."""
PER_BATCH = 4


class QuickScorer:
    """Marks `could` as hedging. Remembers the scored texts; stops at a given one."""

    def __init__(self, *, stop_at: str | None = None) -> None:
        self.scored: list[str] = []
        self.stop_at = stop_at

    def begin(self, text: str, options: Options) -> "Built":
        if text == self.stop_at:
            raise KeyboardInterrupt
        self.scored.append(text)
        marks = {"hedging": ["could"]} if "could" in text else {}
        return Built(report(sentence(text, marks=marks)))

    def begin_sentences(self, texts: list[str], options: Options) -> "Built":
        self.scored += texts
        return Built(report(*(sentence(text, index=index) for index, text in enumerate(texts))))


@dataclass(frozen=True)
class Built:
    """A report that is built already."""

    report: Report

    def finish(self, progress: object = None) -> Report:
        return self.report


def text(number: int) -> str:
    return f"The dam of village {number} could fail."


def write_rows(path: Path, count: int = 20, first: int = 0) -> Path:
    """Rows as JSON, some of them bad."""
    rows = (
        BAD.get(number) or json.dumps({"id": number, "text": text(number)})
        for number in range(first, first + count)
    )
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def job(
    *paths: Path, kind: InputKind = InputKind.JSONL, options: LintSettings | None = None
) -> Job:
    finder = SettingsFinder(options or LintSettings(), look=False)
    settings: dict[str, LintSettings] = {str(path): finder.find(str(path)) for path in paths}
    sources = [InputFile(str(path), kind) for path in paths]
    return Job(sources, settings, "text", "codepoint", "handmade-1", PER_BATCH)


def small_batches(documents: int) -> str:
    """A program that is `sayso` but for the size of its batches."""
    return (
        "from sayso.documents import batches\n"
        f"batches.DOCUMENTS_PER_BATCH = {documents}\n"
        "from sayso.cli.main import main\n"
        "main()\n"
    )
