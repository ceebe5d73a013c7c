"""`sayso report`."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [
        {"text": "It may rain.", "outlet": "A", "date": "2024-01-02"},
        {"text": "Officials said so.", "outlet": "B", "date": "2024-02-02"},
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    folder = tmp_path / "scored"
    folder.mkdir()
    args = ["--format", "jsonl", "--output", folder / "rows.jsonl"]
    assert run("score", "rows.jsonl", *args).code == 0
    return folder


def test_scored_records_and_rows_give_the_same_report(run: Run, corpus: Path) -> None:
    first = run("report", corpus, "--title", "T")
    second = run("report", "rows.jsonl", "--title", "T")
    assert first == second
    assert first.code == 0
    assert "2 articles, 2 sentences" in first.out
    assert ">A</text>" in first.out


def test_texts_are_grouped_by_their_folders(run: Run, tmp_path: Path) -> None:
    for outlet in ("Post", "Wire"):
        (tmp_path / outlet).mkdir()
        (tmp_path / outlet / "a.txt").write_text("It may rain.")
    outcome = run("report", tmp_path, "--output", tmp_path / "r.html")
    assert (outcome.code, outcome.out) == (0, "")
    written = (tmp_path / "r.html").read_text()
    assert ">Post</text>" in written
    assert ">Wire</text>" in written


def test_unreadable_rows_are_reported(run: Run, corpus: Path) -> None:
    with (corpus / "rows.jsonl").open("a") as file:
        file.write('{"source": "x", "line": 3, "error": "not UTF-8"}\n{"text": 1}\nnonsense\n')
    outcome = run("report", corpus)
    assert outcome.code == 3
    assert "rows.jsonl:3: was not scored: not UTF-8" in outcome.err
    assert "rows.jsonl:4: is not a record of a scored document" in outcome.err
    assert "3 articles are left out" in outcome.err
    assert "2 articles, 2 sentences" in outcome.out


def test_the_file_of_bad_rows_is_counted_and_not_part_of_the_corpus(run: Run, corpus: Path) -> None:
    (corpus / "rows.jsonl").unlink()
    with Path("rows.jsonl").open("a") as file:
        file.write("{bad\n{bad\n")
    assert run("score", "rows.jsonl", "--output", corpus / "rows.jsonl").code == 3
    assert (corpus / "rows.jsonl.bad.jsonl").is_file()
    outcome = run("report", corpus)
    assert outcome.code == 0
    assert outcome.err == (
        f"sayso: {corpus / 'rows.jsonl'}: holds all but 2 rows, which could not be scored\n"
    )
    assert "2 articles, 2 sentences" in outcome.out


def test_the_first_record_after_failed_rows_identifies_a_file_of_records(
    run: Run, corpus: Path
) -> None:
    failed = '{"source": "x", "line": 1, "error": "not UTF-8"}\n'
    records = (corpus / "rows.jsonl").read_text()
    (corpus / "rows.jsonl").write_text(failed + records)
    outcome = run("report", corpus)
    assert outcome.code == 3
    assert "rows.jsonl:1: was not scored: not UTF-8" in outcome.err
    assert "1 article is left out" in outcome.err
    assert "2 articles, 2 sentences" in outcome.out
    assert ">A</text>" in outcome.out  # the columns are there
    (corpus / "rows.jsonl").write_text(failed)
    assert run("report", corpus).err.count("was not scored: not UTF-8") == 1


def test_nothing_to_report_on_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    outcome = run("report", tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
