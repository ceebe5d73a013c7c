import csv
import io
import json
from typing import Any

from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.documents.markdown import read_markdown
from sayso.engine.report import OffsetUnit
from sayso.labels import LABELS
from sayso.reports.csv import CsvWriter
from tests.reports.sample_reports import report, sentence

HEDGING, ATTRIBUTION, _ = LABELS
ONE = sentence(
    "🙂 “Officials, said”\nit could.",
    marks={ATTRIBUTION: ["Officials, said"], HEDGING: ["could"]},
    kind="unnamed",
)


def rows(*writes: tuple[Any, ...], unit: OffsetUnit = "codepoint") -> list[dict[str, str]]:
    stream = io.StringIO()
    writer = CsvWriter(stream, unit)
    for name, *args in writes:
        getattr(writer, name)(*args)
    writer.close()
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))


def test_each_sentence_is_a_row() -> None:
    two = sentence("Two.", len(ONE.text) + 1, 1)
    first, second = rows(("document", Document("a.txt", f"{ONE.text} Two."), report(ONE, two)))
    assert first == {
        "source": "a.txt",
        "line": "",
        "sentence": "0",
        "start": "0",
        "end": str(len(ONE.text)),
        "text": ONE.text,
        "hedging": "0.91",
        "unverified_attribution": "0.91",
        "loaded_framing": "0.02",
        "flags": "hedging unverified_attribution",
        "kind": "unnamed",
        "marks": "unverified_attribution: Officials, said | hedging: could",
        "hash": ONE.fingerprint,
        "input": "",
        "error": "",
    }
    assert (second["sentence"], second["flags"], second["marks"]) == ("1", "", "")


def test_offsets_count_in_the_unit() -> None:
    text = f"🙂 {ONE.text}"
    one = sentence(ONE.text, 2)
    (row,) = rows(("document", Document("a.txt", text), report(one)), unit="utf16")
    assert (row["start"], row["end"]) == ("3", str(len(text) + 2))


def test_rows_keep_their_columns() -> None:
    document = Document("a.csv", ONE.text, 5, {"outlet": "The Ö", "n": 3})
    (row,) = rows(("document", document, report(ONE)))
    assert row["line"] == "5"
    assert json.loads(row["input"]) == {"outlet": "The Ö", "n": 3}


def test_lines_are_counted_on() -> None:
    one = report(sentence("It."))
    got = rows(
        ("lines", "a.txt", [Line(1, "It.")], one),
        ("lines", "a.txt", [Line(2, "", "not UTF-8")], one),
        ("lines", "b.txt", [Line(1, "It.")], one),
    )
    assert [(row["source"], row["line"], row["sentence"]) for row in got] == [
        ("a.txt", "1", "0"),
        ("a.txt", "2", "1"),
        ("b.txt", "1", "2"),
    ]
    assert (got[1]["error"], got[1]["text"]) == ("not UTF-8", "")


def test_a_failed_document_keeps_its_place() -> None:
    (row,) = rows(("unreadable", Unreadable("a.csv", 3, "why")))
    assert (row["source"], row["line"], row["error"]) == ("a.csv", "3", "why")


def test_offsets_of_markdown_count_in_the_file_and_the_text_is_as_scored() -> None:
    text, source_map = read_markdown("It **may** be.")
    one = sentence(text, marks={HEDGING: ["may"]})
    (row,) = rows(("document", Document("a.md", text, source_map=source_map), report(one)))
    assert (row["start"], row["end"], row["text"]) == ("0", "14", "It may be.")
