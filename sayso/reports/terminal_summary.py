"""The figures below an article, for people."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from sayso.console.messages import counted, printable, warning_text
from sayso.engine.report import Report, Sentence
from sayso.reports.wording import flagged_from, label_name, superscript


def summary_of(report: Report, sentences: Sequence[Sentence]) -> list[Text | Table]:
    """What was found in a whole text; `sentences` hold at least the most marked ones."""
    parts: list[Text | Table] = [_figures(report)]
    if report.summary.kinds:
        kinds = " · ".join(f"{label_name(kind)} {n}" for kind, n in report.summary.kinds.items())
        parts += [Text(), Text.assemble(("Unverified attributions by kind  ", "bold"), kinds)]
    by_index = {sentence.index: sentence for sentence in sentences}
    marked = [by_index[index] for index in report.summary.most_marked if index in by_index]
    if marked:
        parts += [Text(), Text("Most marked", "bold"), *_first_lines(marked)]
    if report.warnings:
        parts.append(Text())
        parts += [Text(f"Warning: {warning_text(warning)}", "bold") for warning in report.warnings]
    origin = f"{printable(report.model)}; {flagged_from(report.thresholds)}"
    parts += [Text(), Text(origin, "dim")]
    return parts


def _figures(report: Report) -> Table:
    summary = report.summary
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    size = f"{counted(summary.sentences, 'sentence')}, {counted(summary.words, 'word')}"
    table.add_column(size)
    for heading in ("flagged", "share", "marks per 1,000 words"):
        table.add_column(heading, justify="right")
    for label, flagged in summary.flagged.items():
        table.add_row(
            label_name(label),
            f"{flagged:,}",
            f"{summary.shares[label]:.0%}",
            f"{summary.densities[label]:.1f}",
        )
    return table


def _first_lines(sentences: Sequence[Sentence]) -> Iterator[Text]:
    numbers = [superscript(sentence.index + 1) for sentence in sentences]
    width = max(map(len, numbers), default=0)
    for number, sentence in zip(numbers, sentences, strict=True):
        line = Text(f"  {number:>{width}} ", no_wrap=True, overflow="ellipsis")
        yield line.append(printable(sentence.text))
