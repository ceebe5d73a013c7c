"""BABE from its authors' files: sentences that experts labelled as biased by word choice, or not.

The folder is a copy of one or both public repositories; the files are found by name in it or below.
Their formats:

    babe_train_dev_annomatic.csv   version 3: commas; `text`, `label` (0 or 1), `news_link`,
    babe_test_annomatic.csv        `biased_words` (a Python list, or nothing), `outlet`, ...
    reannotated_pool.csv           version 3, 100 more training rows: `text`, `label`
    final_labels_SG1.csv           2021: semicolons; `text`, `news_link`, `label_bias` (`Biased`,
    final_labels_SG2.csv           `Non-biased`, `No agreement`), `biased_words`, ...

With version 3 the label `loaded` is its label and the test split is the official one; the files of
2021 add `sg1_biased` and `sg2_biased`. Without it `loaded` is the label of SG2, or else of SG1, and
a tenth of the articles each is dev and test. `label_version` names the source of a row's label.
"""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha1
from itertools import chain
from pathlib import Path
from typing import Any

from sayso.errors import CorpusError
from sayso.training.corpora import normalized
from training.tools.corpora.phrases import find_words, read_words
from training.tools.corpora.rows import Row, Splits, fold, make_row, without_repeats
from training.tools.corpora.tables import find_table, read_table

TRAIN_FILE, TEST_FILE = "babe_train_dev_annomatic.csv", "babe_test_annomatic.csv"
POOL_FILE = "reannotated_pool.csv"
GROUP_FILES = {"sg2": "final_labels_SG2.csv", "sg1": "final_labels_SG1.csv"}
"""In the order in which their labels replace a missing label of version 3."""

_COLUMNS = ("text", "label", "news_link", "biased_words")
_COLUMNS_2021 = ("text", "news_link", "label_bias", "biased_words")
_JUDGEMENTS = {"Biased": 1, "Non-biased": 0, "No agreement": None}
# About a tenth of the articles; the odd value reproduces the split behind Sayso's figures.
_DEV_SHARE = 0.106


def read_babe(source: Path) -> Splits:
    """The rows of BABE from a folder of its original files.

    Raises:
        CorpusError: none of the files is there, one version 3 file lacks the other, or a file is
            not of the form above; the message names file and line.
    """
    train, test, pool = (find_table(source, name) for name in (TRAIN_FILE, TEST_FILE, POOL_FILE))
    groups = {
        group: {
            normalized(record["text"]): (record, where)
            for where, record in read_table(path, ";", _COLUMNS_2021)
        }
        for group, name in GROUP_FILES.items()
        if (path := find_table(source, name))
    }
    if train and test:
        rows = [labelled(record, where) for where, record in read_table(train, ",", _COLUMNS)]
        if pool:
            for where, record in read_table(pool, ",", _COLUMNS[:2]):
                known, _ = groups.get("sg2", {}).get(normalized(record["text"]), ({}, ""))
                rows.append(labelled(known | record, where))
        tests = [labelled(record, where) for where, record in read_table(test, ",", _COLUMNS)]
        for row in rows + tests:
            _add_judgements(row, groups)
        return split_by_article(rows, tests)
    if train or test or not groups:
        raise CorpusError(
            f"{source}: found {train or test or 'no file of BABE'}; expected {TRAIN_FILE} and "
            f"{TEST_FILE}, or {' or '.join(GROUP_FILES.values())}, in this folder or below it"
        )
    return _splits_of_2021(groups)


def labelled(record: Mapping[str, Any], where: str) -> Row:
    """The row of a record of version 3, from a file or from the hub."""
    if str(record["label"]) not in ("0", "1"):
        raise CorpusError(f"{where}: label is {record['label']!r}; expected 0 or 1")
    return _row(record, int(record["label"]), "v3", where)


def split_by_article(rows: list[Row], tests: list[Row]) -> Splits:
    """Split the rows that are not test rows into train and dev by article.

    The official test split is by sentence, so `url_in_train` (on test rows) and `url_in_test` (on
    the others) mark rows that share an article with the other side.
    """
    outside = {row["doc"] for row in rows if "doc" in row}
    inside = {row["doc"] for row in tests if "doc" in row}
    for row in tests:
        if "doc" in row:
            row["url_in_train"] = int(row["doc"] in outside)
    for row in rows:
        if row.get("doc") in inside:
            row["url_in_test"] = 1
    splits: Splits = {"train": [], "dev": [], "test": tests}
    for row in rows:
        digest = sha1(_article(row).encode()).hexdigest()
        splits["dev" if int(digest, 16) < _DEV_SHARE * 16**40 else "train"].append(row)
    return _finished(splits)


def _row(record: Mapping[str, Any], label: int, version: str, where: str) -> Row:
    text = " ".join(str(record["text"] or "").split())
    return make_row(
        f"babe-{sha1(text.encode()).hexdigest()[:10]}",
        text,
        {"loaded": label},
        find_words(text, read_words(record.get("biased_words"), where), "loaded_words"),
        where=where,
        doc=record.get("news_link"),
        opinion=record.get("label_opinion"),
        outlet_leaning=record.get("type"),
        label_version=version,
        outlet=record.get("outlet"),
        topic=record.get("topic"),
    )


def _add_judgements(row: Row, groups: Mapping[str, Mapping[str, tuple[Row, str]]]) -> None:
    """Add the labels and words that the files of 2021 have for the same sentence."""
    for group, records in groups.items():
        record, where = records.get(normalized(row["text"]), (None, ""))
        if record is None:
            continue
        label = _judgement(record, where)
        if label is not None:
            row["labels"][f"{group}_biased"] = label
        if group == "sg1" and row["label_version"] != "sg1":
            words = read_words(record["biased_words"], where)
            marks = find_words(row["text"], words, "loaded_words_sg1")
            row["spans"] += [{"start": m.start, "end": m.end, "type": m.type} for m in marks]


def _splits_of_2021(groups: Mapping[str, Mapping[str, tuple[Row, str]]]) -> Splits:
    rows: dict[str, Row] = {}
    for group, records in groups.items():
        for text, (record, where) in records.items():
            label = _judgement(record, where)
            if text not in rows and label is not None:
                rows[text] = _row(record, label, group, where)
                _add_judgements(rows[text], groups)
    splits: Splits = {"train": [], "dev": [], "test": []}
    for row in rows.values():
        splits[{0: "test", 1: "dev"}.get(fold(_article(row)), "train")].append(row)
    return _finished(splits)


def _judgement(record: Row, where: str) -> int | None:
    label = record["label_bias"]
    if label not in _JUDGEMENTS:
        raise CorpusError(f"{where}: label_bias is {label!r}; expected {', '.join(_JUDGEMENTS)}")
    return _JUDGEMENTS[label]


def _article(row: Row) -> str:
    """The key of the split: the article of a row, or its text if that is not known."""
    return str(row.get("doc") or row["text"])


def _finished(splits: Splits) -> Splits:
    splits = without_repeats(splits, thinned=("train",))
    used: Counter[str] = Counter()
    for row in chain.from_iterable(splits.values()):
        used[row["id"]] += 1
        if used[row["id"]] > 1:  # the official test split has two sentences twice
            row["id"] += f"-{used[row['id']]}"
    return splits
