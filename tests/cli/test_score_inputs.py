"""The input of `sayso score`: no empty files, no ambiguous rows, none of its own output."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sayso.reports.writers import Format
from tests.conftest import Run


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text("Officials said the dam could fail.\n")
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty.txt", b""), ("blank.txt", b" \r\n\n"), ("code.md", b"    may\n"), ("a.md", b"")],
)
@pytest.mark.parametrize("form", Format)
def test_an_empty_file_is_no_error(
    run: Run, tmp_path: Path, name: str, data: bytes, form: Format
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    outcome = run("score", path, "--format", form, "--fail-on", "hedging")
    assert (outcome.code, outcome.err) == (
        0,
        f"sayso: {path}: the text is empty: there is nothing to score\n",
    )


def test_empty_standard_input_is_an_error(run: Run) -> None:
    outcome = run("score", stdin=b" \n")  # most often of a command that failed
    assert (outcome.code, outcome.out) == (2, "")
    assert "standard input: the text is empty: nothing to score" in outcome.err


ROW = b'\n{"id": 1, "text": "It may rain."}\n'


@pytest.mark.parametrize("data", [ROW, gzip.compress(ROW)])
def test_rows_of_an_unknown_kind_are_not_scored_as_prose(
    run: Run, tmp_path: Path, data: bytes
) -> None:
    for name in ("rows", "rows.dump", "-"):
        if name != "-":
            (tmp_path / name).write_bytes(data)
        path = name if name == "-" else tmp_path / name
        outcome = run("score", path, stdin=data)
        assert (outcome.code, outcome.out) == (2, "")
        assert "the first line is a JSON object; use --input jsonl to score" in outcome.err
        rows = run("score", path, "--input", "jsonl", "--format", "jsonl", stdin=data)
        assert [record["input"] for record in records(rows.out)] == [{"id": 1}]
        assert run("score", path, "--input", "text", stdin=data).code == 0


@pytest.mark.parametrize("text", ["{", "{}", '{\n "a": 1}', "[1]\n", '{"a" may be.', "\n\n", "5"])
def test_text_that_only_resembles_rows_is_a_text(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a"
    path.write_text(text)
    outcome = run("score", path, "--format", "jsonl")
    assert outcome.code == 0
    assert records(outcome.out)[0]["text"] == text


@pytest.mark.parametrize("name", ["scores.csv", "page.html"])
def test_an_earlier_output_in_the_folder_is_no_input(
    run: Run, article: Path, tmp_path: Path, name: str
) -> None:
    output = tmp_path / name
    assert run("score", tmp_path, "--output", output).err == ""
    written = output.read_bytes()
    again = run("score", tmp_path, "--output", output)
    assert again.code == 0
    assert again.err == f"sayso: {output}: skipped: it is the output file\n"
    assert output.read_bytes() == written


def test_bad_rows_of_an_earlier_run_in_the_folder_are_no_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "It may rain."}\n{bad\n')
    assert run("score", tmp_path, "--output", tmp_path / "scores.jsonl").code == 3
    (tmp_path / "scores.jsonl").unlink()
    for path in (tmp_path, tmp_path / "*.jsonl"):
        outcome = run("score", path, "--format", "none")
        assert outcome.err.count("\n") == 2  # the bad row, and how many
        assert "sayso: 1 of 2 could not be scored" in outcome.err
    named = run("score", tmp_path / "scores.jsonl.bad.jsonl")
    assert named.code == 2
    assert "no column 'text'" in named.err
