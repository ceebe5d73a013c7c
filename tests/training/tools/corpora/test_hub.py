"""The hub is never asked: `load_dataset` is given folders of the same form."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.errors import CorpusError
from training.tools.corpora import hub

Record = dict[str, Any]


def babe(text: str, label: int, words: str | None = None, link: str | None = None) -> Record:
    return {
        "text": text,
        "outlet": "The Example",
        "label": label,
        "topic": "roads",
        "news_link": link,
        "biased_words": words,
        "uuid": text[:3],
        "type": None,
        "label_opinion": "Entirely factual",
    }


def anno(text: str, label: int, identity: str) -> Record:
    return {
        "text": text,
        "label": label,
        "source_party": "Center",
        "source_name": "the-example",
        "sentence_id": identity,
    }


def parquet(path: Path, *records: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(records)), path)


def test_babe_is_read_from_parquet_as_the_hub_has_it(tmp_path: Path) -> None:
    parquet(
        tmp_path / "data" / "train-00000-of-00001.parquet",
        babe("The shameless mayor fled.", 1, "['shameless']", "https://example.org/a1"),
        babe("The council met.", 0, "[]", "https://example.org/a8"),
        babe("A road was shut.", 0),
    )
    parquet(
        tmp_path / "data" / "test-00000-of-00001.parquet",
        babe("A road was shut!", 0, link="https://example.org/a1"),
    )
    splits = hub.read_babe_hub(str(tmp_path))
    assert {name: [row["text"] for row in rows] for name, rows in splits.items()} == {
        "train": ["The shameless mayor fled."],
        "dev": ["The council met."],
        "test": ["A road was shut!"],
    }
    assert splits["train"][0]["spans"] == [{"start": 4, "end": 13, "type": "loaded_words"}]
    assert splits["train"][0]["url_in_test"] == 1
    assert splits["test"][0]["url_in_train"] == 1


def test_anno_lexical_keeps_its_splits(tmp_path: Path) -> None:
    parquet(tmp_path / "anno-lexical-train.parquet", anno("A vile  plot.", 1, "1201b624-af31-4cc0"))
    parquet(tmp_path / "anno-lexical-dev.parquet", anno("It rained.", 0, "a06a5573-0dba-4508"))
    parquet(tmp_path / "anno-lexical-test.parquet", anno("It snowed.", 0, "4caddb5a-2852-4397"))
    splits = hub.read_anno_lexical(str(tmp_path))
    assert splits["train"] == [
        {
            "id": "al-1201b624-af31",
            "text": "A vile plot.",
            "labels": {"loaded": 1},
            "spans": [],
            "outlet": "the-example",
            "outlet_leaning": "Center",
        }
    ]
    assert [row["text"] for row in splits["dev"]] == ["It rained."]


def test_json_and_csv_folders_are_read(tmp_path: Path) -> None:
    for name in ("train", "dev", "test"):
        record = anno(f"It rained in {name}.", 0, f"{name}-0000-0000")
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    splits = hub.read_anno_lexical(str(tmp_path))
    assert [rows[0]["text"] for rows in splits.values()] == [
        "It rained in train.",
        "It rained in dev.",
        "It rained in test.",
    ]


def test_the_authors_data_sets_are_loaded_from_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def load(source: str, *, streaming: bool) -> dict[str, list[Record]]:
        asked.append((source, streaming))
        records = [anno("It rained.", 0, "1"), anno("It snowed.", 1, "2")]
        return dict.fromkeys(("train", "dev", "test"), records) | {"extra": []}

    def load_nothing(source: str, *, streaming: bool) -> dict[str, list[Record]]:
        asked.append((source, streaming))
        return {}

    monkeypatch.setattr(hub, "load_dataset", load)
    assert list(hub.read_anno_lexical()) == ["train", "dev", "test"]
    monkeypatch.setattr(hub, "load_dataset", load_nothing)
    with pytest.raises(CorpusError, match="found the splits"):
        hub.read_babe_hub()
    assert asked == [("mediabiasgroup/anno-lexical", True), ("mediabiasgroup/BABE", True)]


@pytest.mark.parametrize("error", [ConnectionError("no route"), ValueError("no data files")])
def test_a_source_that_cannot_be_loaded_is_an_error(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def load(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(hub, "load_dataset", load)
    with pytest.raises(
        CorpusError, match=r"someone/nothing: cannot be loaded .*expected a data set"
    ):
        hub.read_babe_hub("someone/nothing")


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be loaded"):
        hub.read_babe_hub(str(tmp_path))


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / f"{name}.parquet").write_bytes(b"no table")
    with pytest.raises(CorpusError, match="cannot be loaded"):
        hub.read_babe_hub(str(tmp_path))


def test_a_missing_split_is_an_error(tmp_path: Path) -> None:
    parquet(tmp_path / "train.parquet", babe("It rained.", 0))
    with pytest.raises(CorpusError, match="found the splits train; expected also test"):
        hub.read_babe_hub(str(tmp_path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": 2}, r"train, row 0: label is 2; expected 0 or 1"),
        ({"text": " "}, r"train, row 0: found no text"),
        ({"biased_words": "vile"}, r"train, row 0: biased_words is 'vile'"),
    ],
)
def test_other_values_are_errors(tmp_path: Path, change: Record, message: str) -> None:
    parquet(tmp_path / "train.parquet", babe("It rained.", 0) | change)
    parquet(tmp_path / "test.parquet", babe("It snowed.", 0))
    with pytest.raises(CorpusError, match=message):
        hub.read_babe_hub(str(tmp_path))


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    for name in ("train", "test"):
        parquet(tmp_path / f"{name}.parquet", {"text": "It rained.", "label": 0})
    with pytest.raises(
        CorpusError, match=r"row 0: no column biased_words, news_link in text, label"
    ):
        hub.read_babe_hub(str(tmp_path))


def test_a_machine_label_is_0_or_1(tmp_path: Path) -> None:
    for name in ("train", "dev", "test"):
        parquet(tmp_path / f"{name}.parquet", anno("It rained.", 3, "1"))
    with pytest.raises(CorpusError, match="label is 3; expected 0 or 1"):
        hub.read_anno_lexical(str(tmp_path))
