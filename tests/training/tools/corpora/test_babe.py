import csv
from pathlib import Path

import pytest

from sayso.errors import CorpusError
from sayso.training.corpora import read_files
from sayso.training.recipe import CorpusRecipe
from training.tools.corpora.babe import POOL_FILE, TEST_FILE, TRAIN_FILE, read_babe
from training.tools.corpora.rows import write_splits

V3 = [
    "text",
    "outlet",
    "label",
    "topic",
    "news_link",
    "biased_words",
    "uuid",
    "type",
    "label_opinion",
]
GROUP = [
    "text",
    "news_link",
    "outlet",
    "topic",
    "type",
    "label_bias",
    "label_opinion",
    "biased_words",
]
LINKS = {"dev": "https://example.org/a8", "train": "https://example.org/a1"}


def write(
    path: Path, columns: list[str], *records: dict[str, object], delimiter: str = ","
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, delimiter=delimiter)
        table.writeheader()
        table.writerows(records)


def v3(
    text: str, label: object, words: str = "[]", link: str = LINKS["train"]
) -> dict[str, object]:
    return {
        "text": text,
        "label": label,
        "news_link": link,
        "biased_words": words,
        "outlet": "The Example",
        "type": "left",
    }


def group(text: str, label: str, words: str = "[]", link: str = "") -> dict[str, object]:
    return {"text": text, "label_bias": label, "biased_words": words, "news_link": link}


@pytest.fixture
def version_3(tmp_path: Path) -> Path:
    write(
        tmp_path / TRAIN_FILE,
        V3,
        v3("The  shameless mayor “fled”. ", 1, "['shameless', 'fled']"),
        v3("The council met.", 0, "", link=LINKS["dev"]),
        v3("It was a disgrace!", 1),
        v3("The mayor spoke.", 0, link=""),
    )
    write(
        tmp_path / TEST_FILE,
        V3,
        v3("It was a disgrace.", 1, "['disgrace']"),
        v3("A road was closed.", 0, link="https://example.org/other"),
        v3("A road was closed.", 0, link=""),
    )
    return tmp_path


def test_version_3_keeps_its_labels_and_its_test_split(version_3: Path) -> None:
    splits = read_babe(version_3)
    shameless, spoke = splits["train"]
    assert shameless["text"] == "The shameless mayor “fled”."
    assert shameless["labels"] == {"loaded": 1}
    assert shameless["spans"] == [
        {"start": 4, "end": 13, "type": "loaded_words"},
        {"start": 21, "end": 25, "type": "loaded_words"},
    ]
    assert shameless["id"].startswith("babe-")
    assert shameless["outlet_leaning"] == "left"
    assert shameless["label_version"] == "v3"
    assert "doc" not in spoke
    assert [row["text"] for row in splits["dev"]] == ["The council met."]
    assert [row["labels"]["loaded"] for row in splits["test"]] == [1, 0, 0]


def test_rows_are_marked_if_their_article_is_in_both_splits(version_3: Path) -> None:
    splits = read_babe(version_3)
    assert [row.get("url_in_train") for row in splits["test"]] == [1, 0, None]
    assert [row.get("url_in_test") for row in splits["train"]] == [1, None]


def test_a_training_sentence_that_is_a_test_sentence_is_left_out(version_3: Path) -> None:
    splits = read_babe(version_3)
    assert "It was a disgrace!" not in {row["text"] for row in splits["train"]}
    ids = [row["id"] for rows in splits.values() for row in rows]
    assert len(ids) == len(set(ids))


def test_the_files_of_2021_add_their_judgements(version_3: Path) -> None:
    below = version_3 / "data"
    below.mkdir()
    write(version_3 / POOL_FILE, ["text", "label"], {"text": "A cowardly vote.", "label": 1})
    write(
        below / "final_labels_SG2.csv",
        GROUP,
        group("The shameless mayor “fled”.", "Biased", "['shameless']"),
        group("A cowardly vote.", "No agreement", "['cowardly']", link=LINKS["train"]),
        delimiter=";",
    )
    write(
        below / "final_labels_SG1.csv",
        GROUP,
        group("The shameless mayor “fled”.", "Non-biased", "['mayor']"),
        delimiter=";",
    )
    shameless, _, pool = read_babe(version_3)["train"]
    assert shameless["labels"] == {"loaded": 1, "sg2_biased": 1, "sg1_biased": 0}
    assert shameless["spans"][-1] == {"start": 14, "end": 19, "type": "loaded_words_sg1"}
    assert pool["labels"] == {"loaded": 1}
    assert pool["doc"] == LINKS["train"]
    assert pool["spans"] == [{"start": 2, "end": 10, "type": "loaded_words"}]


def test_without_version_3_the_label_is_that_of_2021(tmp_path: Path) -> None:
    texts = [f"The {n} mayors met." for n in range(60)]
    write(
        tmp_path / "final_labels_SG2.csv",
        GROUP,
        *(group(text, "Biased", link=f"https://example.org/{text[4:6]}") for text in texts),
        group("It rained.", "No agreement"),
        delimiter=";",
    )
    write(
        tmp_path / "final_labels_SG1.csv",
        GROUP,
        group("It rained.", "Non-biased"),
        group(texts[0], "Non-biased"),
        group("It snowed.", "No agreement"),
        delimiter=";",
    )
    splits = read_babe(tmp_path)
    rows = {row["text"]: row for rows in splits.values() for row in rows}
    assert len(rows) == 61
    assert rows[texts[0]]["labels"] == {"loaded": 1, "sg2_biased": 1, "sg1_biased": 0}
    assert rows[texts[0]]["label_version"] == "sg2"
    assert rows["It rained."]["labels"] == {"loaded": 0, "sg1_biased": 0}
    assert all(splits.values())
    assert len(splits["train"]) > 40


def test_training_reads_the_rows(version_3: Path, tmp_path: Path) -> None:
    write_splits(read_babe(version_3), tmp_path / "rows")
    corpus = CorpusRecipe(name="babe", labels={"loaded": "x"}, spans={"loaded_words": "y"})
    first, *_ = read_files(corpus, ("train",), tmp_path / "rows")
    assert first.targets == {"x": 1.0}
    assert [first.text[a:b] for a, b in first.spans["y"]] == ["shameless", "fled"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (v3("It rained.", "Biased"), r"csv:2: label is 'Biased'; expected 0 or 1"),
        (v3("It rained.", 1, "rained"), r"csv:2: biased_words is 'rained'"),
    ],
)
def test_other_values_are_errors(version_3: Path, record: dict[str, object], message: str) -> None:
    write(version_3 / TRAIN_FILE, V3, record)
    with pytest.raises(CorpusError, match=message):
        read_babe(version_3)


def test_an_unknown_judgement_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "final_labels_SG2.csv", GROUP, group("It rained.", "biased"), delimiter=";")
    with pytest.raises(CorpusError, match=r"csv:2: label_bias is 'biased'; expected Biased, Non-"):
        read_babe(tmp_path)


def test_half_of_version_3_is_an_error(version_3: Path) -> None:
    (version_3 / TEST_FILE).unlink()
    with pytest.raises(CorpusError, match=r"found .*train_dev_annomatic.csv; expected .*test_anno"):
        read_babe(version_3)


def test_a_folder_without_babe_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"found no file of BABE; expected .*final_labels_SG2"):
        read_babe(tmp_path)
