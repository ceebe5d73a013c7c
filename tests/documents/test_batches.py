import gzip
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.documents import batches
from sayso.documents.batches import Batch, LineChunk, read_batches
from sayso.documents.documents import Document, InputKind, RawFile, Unreadable
from sayso.documents.find_files import InputFile
from sayso.errors import InputError, MissingExtra


def rows(path: Path, texts: list[str]) -> InputFile:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return InputFile(str(path), InputKind.JSONL)


def page(path: Path, text: str) -> InputFile:
    path.write_text(text)
    return InputFile(str(path), InputKind.TEXT)


def read(*sources: InputFile, documents: int = 3) -> list[Batch]:
    return list(read_batches(sources, "text", documents=documents))


def test_batches_cross_files_and_lose_nothing(tmp_path: Path) -> None:
    texts = [f"Row {number}." for number in range(5)]
    found = read(rows(tmp_path / "a", texts[:4]), rows(tmp_path / "b", texts[4:]))
    assert [batch.number for batch in found] == [0, 1, 2]
    assert [len(batch) for batch in found] == [3, 2, 0]
    assert [batch.is_last for batch in found] == [False, False, True]
    documents = [item for batch in found for item in batch.items]
    assert [item.text for item in documents if isinstance(item, Document)] == texts
    size = (tmp_path / "a").stat().st_size + (tmp_path / "b").stat().st_size
    assert [batch.position <= size for batch in found] == [True] * 3
    assert found[-1].position == size


def test_empty_input_is_one_last_batch(tmp_path: Path) -> None:
    (batch,) = read(rows(tmp_path / "a", []))
    assert batch.is_last
    assert len(batch) == 0


def test_long_texts_make_small_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHARACTERS_PER_BATCH", 20)
    texts = ["short", "x" * 30, "short", "short"]
    assert [len(batch) for batch in read(rows(tmp_path / "a", texts))] == [2, 2, 0]


def test_line_counts_continue_across_batches_and_files(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text("It may.\n" * 1500)
    found = read(*(InputFile(str(path), InputKind.LINES) for path in paths))
    assert [len(batch) for batch in found] == [1024, 476, 1024, 476, 0]
    assert [batch.lines_before for batch in found] == [0, 1024, 1500, 2524, 3000]
    assert isinstance(found[1].items[0], LineChunk)
    assert found[1].items[0].lines[0].number == 1025


def test_only_a_single_document_is_parsed_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = page(tmp_path / "one.txt", "It may."), page(tmp_path / "two.txt", "")
    (item,) = read(one)[0].items
    assert item == Document(one.name, "It may.")
    items = read(one, two)[0].items
    assert items == (RawFile(one.name, one.kind, b"It may."), RawFile(two.name, two.kind, b""))
    assert read(two)[0].items == (Document(two.name, ""),)
    assert "two.txt: the text is empty: there is nothing to score" in capsys.readouterr().err


def test_an_unreadable_file_does_not_affect_others(tmp_path: Path) -> None:
    sound, missing = rows(tmp_path / "a", ["It may."]), InputFile("gone", InputKind.JSONL)
    (batch, _) = read(missing, sound)
    assert batch.items[0] == Unreadable(
        "gone", None, "no such file; expected a file, or - for standard input"
    )
    assert isinstance(batch.items[1], Document)
    with pytest.raises(InputError, match="gone: no such file"):
        read(missing)


def test_a_damaged_file_is_read_as_far_as_possible(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "It could."}\n' * 20_000)[:-9])
    found = read(InputFile(str(path), InputKind.JSONL), documents=1_000_000)
    *sound, lost = found[0].items
    assert len(sound) > 10_000
    assert isinstance(lost, Unreadable)
    assert lost.error.startswith(
        f"nothing after line {len(sound):,} could be read: the gzip data is"
    )


def test_an_empty_file_gives_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(rows(tmp_path / "a", []))
    assert "no rows or lines to score" in capsys.readouterr().err


def test_the_digest_depends_on_everything_in_the_batch(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def digest(content: str) -> str:
        path.write_text(content)
        return read(InputFile(str(path), InputKind.JSONL))[0].digest()

    digests = [
        digest('{"text": "It may.", "id": 1}'),
        digest('{"text": "It may.", "id": "1"}'),
        digest('{"text": "It may!", "id": 1}'),
        digest('{"text": "It may.", "id": 1}\n{}'),
        digest('{"text": "\\ud800", "id": 1}'),
        digest('\n{"text": "It may.", "id": 1}'),
    ]
    assert len(set(digests)) == len(digests)
    assert digest('{"text": "It may.", "id": 1}') == digests[0]


def write_large(path: Path, kind: InputKind, rows: int) -> None:
    texts = (f"{number} " + "The dam could fail. " * 150 for number in range(rows))
    match kind:
        case InputKind.JSONL:
            with path.open("w") as stream:
                stream.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        case InputKind.CSV:
            with path.open("w") as stream:
                stream.writelines(["text\n", *(f"{text}\n" for text in texts)])
        case _:
            pq.write_table(pa.table({"text": list(texts)}), path, compression="none")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [InputKind.JSONL, InputKind.CSV, InputKind.PARQUET])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: InputKind) -> None:
    """Also of a Parquet file that is one row group."""
    path, rows, most = tmp_path / "large", 16_000, 0
    write_large(path, kind, rows)
    assert path.stat().st_size > 40e6
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    count = 0
    for batch in read_batches([InputFile(str(path), kind)], "text"):
        count += len(batch)
        most = max(most, pa.total_allocated_bytes() - before)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == rows
    assert peak + most < 16e6


def test_a_missing_extra_is_an_error_that_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"text": ["It may rain."]}), path)
    monkeypatch.setattr("sayso.extras.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"reading Parquet needs .* 'sayso\[parquet\]'"):
        read(InputFile(str(path), InputKind.PARQUET))


def test_rows_are_read_lazily(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "One."}) + "\n" + "{bad\n" * 10)
    first = next(iter(read_batches([InputFile(str(path), InputKind.JSONL)], "text", documents=1)))
    assert isinstance(first.items[0], Document)
