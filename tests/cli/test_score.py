import gzip
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayso.bundle.bundle import DEFAULT_BUNDLE, SHIPPED
from sayso.labels import KINDS, LABELS
from sayso.reports.writers import Format
from tests.conftest import Run

ARTICLE = (
    "Dam closed\r\n\r\nOfficials said the dam could fail within days 🙂. “It may hold,” "
    "Ms\u00a0Reyes said.\r\n\r\nThe regime’s shocking failure was reportedly known for years.\r\n"
)


def offsets_are_exact(record: dict[str, Any], unit: str = "codepoint") -> None:
    text: str = record["text"]
    encoded = text.encode("utf-16-le")

    def cut(start: int, end: int) -> str:
        if unit == "utf16":
            return encoded[2 * start : 2 * end].decode("utf-16-le")
        return text[start:end]

    for sentence in record["sentences"]:
        assert cut(sentence["start"], sentence["end"]) == sentence["text"]
        for found in sentence["evidence"]:
            assert found["label"] in sentence["flags"]
            assert sentence["start"] <= found["start"] < found["end"] <= sentence["end"]
            assert cut(found["start"], found["end"]) in sentence["text"]


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]  # every kind of line end


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(ARTICLE.encode())
    return path


@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_an_article_as_a_record(run: Run, article: Path, unit: str) -> None:
    outcome = run("score", article, "--format", "jsonl", "--offset-unit", unit)
    assert (outcome.code, outcome.err) == (0, "")
    (record,) = records(outcome.out)
    assert record["source"] == str(article)
    assert record["input"] == {}
    assert record["text"] == ARTICLE
    assert record["offset_unit"] == unit
    assert list(record["thresholds"]) == list(LABELS)
    assert len(record["sentences"]) == 4
    offsets_are_exact(record, unit)


def test_json_is_the_same_indented(run: Run, article: Path) -> None:
    line = run("score", article, "--format", "jsonl").out
    indented = run("score", article, "--format", "json").out
    assert json.loads(indented) == json.loads(line)
    assert indented.startswith('{\n  "source"')


def test_pretty_is_the_default_and_plain_where_there_is_no_terminal(
    run: Run, article: Path
) -> None:
    outcome = run("score", article)
    assert outcome.code == 0
    assert "4 sentences" in outcome.out
    assert "\x1b" not in outcome.out


def test_standard_input_is_read_where_no_path_is_given(run: Run) -> None:
    named = run("score", "-", "--format", "jsonl", stdin=ARTICLE.encode())
    unnamed = run("score", "--format", "jsonl", stdin=ARTICLE.encode())
    assert named == unnamed
    assert records(named.out)[0]["source"] == "-"


def test_standard_input_cannot_be_read_twice(run: Run) -> None:
    outcome = run("score", "-", "-", stdin=b"x")
    assert outcome.code == 2
    assert "more than once" in outcome.err


def test_a_terminal_is_not_waited_for(run: Run) -> None:
    outcome = run("score", stdin=None)
    assert outcome.code == 2
    assert "name a file, or pipe a text in" in outcome.err


def test_lines_are_never_split_and_keep_their_places(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    texts = ["He may go. She might stay.", "", "  ", "May is a month.", "No end"]
    path.write_bytes("\r\n".join(texts).encode())
    outcome = run("score", path, "--input", "lines", "--format", "jsonl")
    assert (outcome.code, outcome.err) == (0, "")
    lines = records(outcome.out)
    assert [line["index"] for line in lines] == list(range(5))
    assert [line["text"] for line in lines] == texts
    assert [line["scores"] is None for line in lines] == [False, True, True, False, False]
    for line in lines:
        assert list(line) == ["index", "text", "scores", "flags", "evidence", "kind"]
        assert line["kind"] in (None, *KINDS)
        assert all(line["text"][e["start"] : e["end"]].strip() for e in line["evidence"])


def test_lines_of_several_chunks_are_counted_on(run: Run) -> None:
    outcome = run(
        "score", "--input", "lines", "--format", "jsonl", stdin=b"It could.\n" + b"\n" * 1100
    )
    assert [line["index"] for line in records(outcome.out)] == list(range(1101))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\ufeff"))))
def test_each_line_gives_one_line(run: Run, texts: list[str]) -> None:
    data = "".join(f"{text}\n" for text in texts).encode()
    outcome = run("score", "--input", "lines", "--format", "jsonl", stdin=data)
    assert outcome.code == 0
    assert [line["text"] for line in records(outcome.out)] == texts


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), min_size=1))
def test_any_text_gives_exact_offsets(run: Run, text: str) -> None:
    outcome = run("score", "--format", "jsonl", stdin=text.encode())
    if text.strip():
        assert outcome.code == 0
        (record,) = records(outcome.out)
        assert record["text"] == text
        offsets_are_exact(record)
    else:
        assert outcome.code == 2


def test_rows_keep_their_columns_and_bad_rows_their_places(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"id": 1, "text": "It could."}\n{"id": 2}\n{"id": 3, "text": ""}\n'
        '{"id": 4, "text": "half \\ud800"}\n{"id": 5, "text": "It may."}\n'
    )
    outcome = run("score", path, "--format", "jsonl")
    assert outcome.code == 3
    assert f"sayso: {path}:2: no column 'text'; found 'id'" in outcome.err
    assert f"sayso: {path}:4: text is not valid Unicode" in outcome.err
    assert outcome.err.endswith("sayso: 2 of 5 could not be scored; see the messages above\n")
    one, missing, empty, half, five = records(outcome.out)
    assert (one["input"], five["input"]) == ({"id": 1}, {"id": 5})
    assert (missing["line"], half["line"]) == (2, 4)
    assert list(missing) == ["source", "line", "error", "row"]
    assert missing["row"] == '{"id": 2}'
    assert half["row"] == '{"id": 4, "text": "half \\ud800"}'  # the escape as it was written
    assert [warning["code"] for warning in empty["warnings"]] == ["empty_text"]
    array = json.loads(run("score", path, "--format", "json").out)
    assert [row.get("input") for row in array] == [{"id": 1}, None, {"id": 3}, None, {"id": 5}]


@pytest.mark.parametrize("form", Format)
def test_texts_without_a_sentence_are_written_in_every_format(
    run: Run, tmp_path: Path, form: Format
) -> None:
    path = tmp_path / "rows.jsonl"
    texts = ["", "It may rain.", " \r\n\n ", "\u2028"]
    path.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts))
    outcome = run("score", path, "--format", form)
    assert (outcome.code, outcome.err) == (0, "")
    if form in ("pretty", "html"):
        assert "ll 4 documents" in outcome.out


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_are_read_by_column(run: Run, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"rows.{kind}"
    if kind == "csv":
        path.write_text('id,body\n1,"Officials said\nit could."\n2,\n')
    else:
        table = pa.table({"id": ["1", "2"], "body": ["Officials said\nit could.", ""]})
        pq.write_table(table, path)
    outcome = run("score", path, "--format", "jsonl")
    assert outcome.code == 2
    assert "no column 'text'; found 'id', 'body'" in outcome.err
    outcome = run("score", path, "--format", "jsonl", "--text-column", "body")
    assert (outcome.code, outcome.err) == (0, "")
    first, second = records(outcome.out)
    assert first["input"] == {"id": "1"}
    assert first["text"] == "Officials said\nit could."
    assert second["text"] == ""
    command = [sys.executable, "-c", "from sayso.cli.main import main; main()", "score", "-"]
    piped = subprocess.run(
        [*command, "--input", kind, "--text-column", "body", "--format", "json"],
        input=path.read_bytes(),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert [row["text"] for row in json.loads(piped.stdout)] == [first["text"], ""]


def test_an_unreadable_file_does_not_affect_the_others(
    run: Run, article: Path, tmp_path: Path
) -> None:
    missing, empty = tmp_path / "missing.txt", tmp_path / "empty.txt"
    empty.touch()
    outcome = run("score", missing, article, empty, "--format", "jsonl")
    assert outcome.code == 3
    assert f"sayso: {missing}: no such file" in outcome.err
    assert "1 of 3 could not be scored" in outcome.err
    error, scored, nothing = records(outcome.out)
    assert error["source"] == str(missing)
    assert error["line"] is None
    assert scored["text"] == ARTICLE
    assert nothing["warnings"][0]["code"] == "empty_text"
    pretty = run("score", missing, article, article)
    assert pretty.code == 3
    assert "all 2 documents" in pretty.out


def test_a_count_of_one_is_singular(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Maybe.\n")
    assert "1 sentence, 1 word " in run("score", path).out
    assert "1 sentence, 1 word<" in run("score", path, "--format", "html").out
    assert "(1 sentence, 1 word)" in run("compare", path, path).out
    assert "1 article, 1 sentence<" in run("report", path).out


def test_a_run_that_scores_nothing_fails(run: Run, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"body": "It may."}\n{"body": "It could."}\n')
    for output in ([], ["--output", tmp_path / "scores.jsonl"]):
        outcome = run("score", rows, *output)
        assert outcome.code == 2
        assert "2 of 2 could not be scored" in outcome.err


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("latin.txt", b"caf\xe9", "not UTF-8: byte 0xE9 at position 3; convert it first"),
        ("utf16.txt", "dam".encode("utf-16"), "iconv -f UTF-16"),
        ("empty.html", b"<html><body></body></html>", "no article text"),
        ("broken.parquet", b"nonsense", "cannot be read as Parquet"),
        ("empty.csv", b"", "empty; expected a first line"),
    ],
)
def test_a_file_that_cannot_be_scored(
    run: Run, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path, output = tmp_path / name, tmp_path / "out"
    path.write_bytes(data)
    outcome = run("score", path, "--output", output)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith(f"sayso: {path}: ")
    assert message in outcome.err
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_and_a_missing_file(run: Run, tmp_path: Path) -> None:
    folder, missing = run("score", tmp_path), run("score", tmp_path / "x")
    assert (folder.code, missing.code) == (2, 2)
    assert "no file of a known type in this folder" in folder.err
    assert "no such file" in missing.err


@pytest.mark.parametrize("kind", ["lines", "jsonl"])
def test_no_rows_is_no_error(run: Run, kind: str) -> None:
    outcome = run("score", "--input", kind, "--format", "jsonl", stdin=b"")
    assert (outcome.code, outcome.out) == (0, "")
    assert "no rows or lines to score" in outcome.err


LONG = "The dam, which officials said could fail, " * 480 + "is closed."
HEBREW = "הנשיא אמר היום כי הסכר עלול לקרוס בתוך ימים ספורים אם הגשם יימשך באזור ההרים"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Officials\0 said it\0 could.", "control_characters"),
        ("🙂 🙃\n👍🏽", "no_words"),
        (LONG, "long_sentence"),
        (HEBREW, "not_english"),
    ],
)
def test_odd_texts_are_scored_with_a_warning(run: Run, text: str, code: str) -> None:
    outcome = run("score", "--format", "jsonl", stdin=text.encode())
    assert (outcome.code, outcome.err) == (0, "")
    (record,) = records(outcome.out)
    assert record["text"] == text
    assert code in [warning["code"] for warning in record["warnings"]]
    offsets_are_exact(record)
    pretty = run("score", stdin=text.encode())
    assert pretty.code == 0
    assert "Warning: " in pretty.out
    assert "\0" not in pretty.out


def test_warnings_about_lines_name_their_line(run: Run) -> None:
    data = f"It could.\n{LONG}\nIt\0 may.\n".encode() + b"\xe9\n"
    outcome = run("score", "--input", "lines", "--format", "jsonl", stdin=data)
    assert outcome.code == 3
    assert "sayso: standard input:2: " in outcome.err
    assert "overlapping windows" in outcome.err
    assert "sayso: standard input: the text holds NUL" in outcome.err
    assert "sayso: standard input:4: not UTF-8: byte 0xE9" in outcome.err
    assert records(outcome.out)[3]["error"].startswith("not UTF-8")


def test_a_large_text_is_scored_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("\n".join(["9.", "🙂"] * 1500))  # hardly a word: this is about size
    outcome = run("score", path, "--format", "jsonl")
    assert outcome.code == 0
    (record,) = records(outcome.out)
    assert record["summary"]["sentences"] == 3000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--labels", "hedging,spin"], "unknown label 'spin'; known are hedging"),
        (["--threshold", "spin=0.5"], "unknown label 'spin'"),
        (["--threshold", "hedging:0.5"], "expected LABEL=NUMBER"),
        (["--threshold", "hedging=x"], "expected LABEL=NUMBER"),
        (["--threshold", "hedging=1.5"], "1.5; expected 0 to 1"),
        (["--bundle", "/nowhere"], "no bundle at /nowhere"),
        (["--output", "/"], "is a folder"),
        (["--output", "/nowhere/x"], "cannot be written"),
    ],
)
def test_invalid_options_are_2(run: Run, article: Path, options: list[str], message: str) -> None:
    outcome = run("score", article, *options)
    assert outcome.code == 2
    assert outcome.out == ""
    assert message in outcome.err


def test_labels_and_thresholds(run: Run, article: Path) -> None:
    options = ("--labels", "loaded_framing", "--labels", "hedging, hedging")
    outcome = run("score", article, "--format", "jsonl", *options, "--threshold", "hedging=0")
    (record,) = records(outcome.out)
    assert list(record["thresholds"]) == ["hedging", "loaded_framing"]
    assert record["thresholds"]["hedging"] == 0
    assert all("hedging" in sentence["flags"] for sentence in record["sentences"])


def test_a_broken_bundle(run: Run, article: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(SHIPPED / DEFAULT_BUNDLE, bundle)
    with (bundle / "tokenizer.json").open("a") as stream:
        stream.write(" ")
    outcome = run("score", article, "--bundle", bundle)
    assert outcome.code == 2
    assert "tokenizer.json was changed or damaged" in outcome.err


def test_output_replaces_a_report_when_all_is_done(run: Run, article: Path, tmp_path: Path) -> None:
    output, link = tmp_path / "report.json", tmp_path / "link.json"
    output.write_text("old")
    link.symlink_to(output)
    outcome = run("score", article, "--output", link)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert json.loads(output.read_text(encoding="utf-8"))["text"] == ARTICLE
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == sorted([article, output, link])


def test_records_of_a_corpus_never_replace_a_file(run: Run, article: Path, tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    output.write_text("old")
    outcome = run("score", article, "--output", output)
    assert outcome.code == 2
    assert "exists already; remove it, or name another --output" in outcome.err
    assert output.read_text() == "old"


def test_a_corpus_is_scored_into_a_file_as_it_is_onto_standard_output(
    run: Run, tmp_path: Path
) -> None:
    folder, output = tmp_path / "news", tmp_path / "scores.jsonl"
    folder.mkdir()
    rows = b'{"id": 1, "text": "It could."}\n{bad\n{"id": 3, "text": "Officials said it may."}\n'
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(rows))
    (folder / "b.csv").write_text("text,day\nIt may be late.,Monday\n")
    (folder / "c.txt").write_text(ARTICLE)
    printed = run("score", folder, "--format", "jsonl")
    outcome = run("score", folder, "--output", output)
    assert (printed.code, outcome.code) == (3, 3)
    assert outcome.out == ""
    assert "1 of 5 could not be scored" in outcome.err
    shown = [line for line in printed.out.splitlines() if "error" not in json.loads(line)]
    assert output.read_text(encoding="utf-8").splitlines() == shown
    (bad,) = records((tmp_path / "scores.jsonl.bad.jsonl").read_text())
    assert (bad["source"], bad["line"]) == (str(folder / "a.jsonl.gz"), 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "need a file to write records to"),
        (["--engine", "ray", "--output", "x.html"], "need a file to write records to"),
        (["--workers", "2", "--output", "x.jsonl"], "need --engine ray"),
        (["--address", "auto", "--output", "x.jsonl"], "need --engine ray"),
        (["--resume", "--output", "x.parquet"], "nothing is written as .parquet; known are .csv,"),
    ],
)
def test_options_for_runs_with_shards(
    run: Run,
    article: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("score", article, *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert list(tmp_path.iterdir()) == [article]


def test_output_to_a_device(run: Run, article: Path) -> None:
    assert run("score", article, "--output", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_on_a_terminal_there_is_colour_and_no_remains_of_progress(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Officials said it could rain.\n")
    ours, theirs = pty.openpty()
    command = "from sayso.cli.main import main; main()"
    arguments = ["score", str(path), "--threshold", "hedging=0"]
    environment = os.environ | {"COLORTERM": "truecolor", "COLUMNS": "80"}
    subprocess.run(
        [sys.executable, "-c", command, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        check=True,
        env=environment,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\x1b[4;30;48;2;108;184;245m hedging " in shown
    assert "\x1b[?25l" not in shown  # a progress line hides the cursor
