import io
import json

from sayso.documents.documents import Document, Unreadable
from sayso.documents.lines import Line
from sayso.engine.report import Sentence
from sayso.reports.json import RecordWriter
from tests.reports.sample_reports import report, sentence

SENTENCE = sentence("It could.", marks={"hedging": ["could"]})
DOCUMENT = Document("a.jsonl", "It could.", 3, {"id": 7, "note": "ü"})


def written(*, indented: bool = False, single: bool = False, count: int = 2) -> str:
    stream = io.StringIO()
    writer = RecordWriter(stream, indented=indented, single=single)
    for _ in range(count):
        writer.document(DOCUMENT, report(SENTENCE))
    writer.close()
    return stream.getvalue()


def test_a_document_is_a_line_with_its_columns_text_and_report() -> None:
    first, second = written().splitlines()
    assert first == second
    record = json.loads(first)
    assert list(record) == [
        "source",
        "line",
        "input",
        "text",
        "model",
        "offset_unit",
        "thresholds",
        "sentences",
        "summary",
        "warnings",
    ]
    assert record["input"] == {"id": 7, "note": "ü"}
    assert record["sentences"][0]["evidence"] == [
        {"label": "hedging", "start": 3, "end": 8, "score": 0.9, "quoted": False}
    ]
    assert "ü" in first


def test_json_is_one_object_for_one_document_and_an_array_for_several() -> None:
    line = json.loads(written(count=1))
    assert json.loads(written(indented=True, single=True, count=1)) == line
    assert json.loads(written(indented=True, count=1)) == [line]
    assert json.loads(written(indented=True)) == [line, line]
    assert json.loads(written(indented=True, count=0)) == []


def test_lines_have_the_fields_of_the_contract_and_are_counted_on() -> None:
    stream = io.StringIO()
    writer = RecordWriter(stream)
    empty = Sentence(1, 0, 0, "", scores=None)
    for _ in range(2):
        lines = [Line(1, "It could."), Line(2, "", "not UTF-8")]
        writer.lines("a.txt", lines, report(SENTENCE, empty))
    first, bad, third, _ = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "index": 0,
        "text": "It could.",
        "scores": dict(SENTENCE.scores or {}),
        "flags": ["hedging"],
        "evidence": [{"label": "hedging", "start": 3, "end": 8, "score": 0.9, "quoted": False}],
        "kind": None,
    }
    assert bad == {
        "index": 1,
        "text": None,
        "scores": None,
        "flags": [],
        "evidence": [],
        "kind": None,
        "error": "not UTF-8",
    }
    assert third == {**first, "index": 2}


def test_a_failed_document_keeps_its_place() -> None:
    stream = io.StringIO()
    RecordWriter(stream).unreadable(Unreadable("a.jsonl", 4, "no column 'text'"))
    assert json.loads(stream.getvalue()) == {
        "source": "a.jsonl",
        "line": 4,
        "error": "no column 'text'",
    }


def test_half_surrogates_in_other_columns_survive() -> None:
    stream = io.StringIO()
    document = Document("a", "It could.", 1, {"name": "\ud800"})
    RecordWriter(stream).document(document, report(SENTENCE))
    assert stream.getvalue().encode("utf-8")
    assert json.loads(stream.getvalue())["input"] == {"name": "\ud800"}
