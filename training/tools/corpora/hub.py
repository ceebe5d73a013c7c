"""BABE and Anno-lexical as `datasets.load_dataset` returns them, from the hub or a folder.

The formats are those of the cards of the two data sets:

    mediabiasgroup/BABE           train and test; `text`, `label`, `news_link`, `biased_words` (a
                                  Python list as a string), `outlet`, `topic`, `type`, `uuid`, ...
    mediabiasgroup/anno-lexical   train, dev and test; `text`, `label`, `source_name`,
                                  `source_party`, `sentence_id`

Without access to the hub, a folder will do: Parquet, JSON or CSV files with the split in their
names (`data/train-00000-of-00001.parquet`). `load_dataset` calls the split `dev` of the hub
`validation` in such a folder; both are accepted.
"""

from collections.abc import Callable, Mapping
from typing import Any

from datasets import load_dataset
from datasets.exceptions import DatasetsError

from sayso.errors import CorpusError
from training.tools.corpora.babe import labelled, split_by_article
from training.tools.corpora.rows import SPLITS, Row, Splits, make_row, without_repeats

BABE, ANNO_LEXICAL = "mediabiasgroup/BABE", "mediabiasgroup/anno-lexical"


def read_babe_hub(source: str = BABE) -> Splits:
    """The rows of BABE, version 3, from a hub id or a folder; dev is a tenth of train's articles.

    Raises:
        CorpusError: the source cannot be loaded, or is not of the form above.
    """
    columns = ("text", "label", "news_link", "biased_words")
    rows = _read(source, ("train", "test"), columns, labelled)
    return split_by_article(rows["train"], rows["test"])


def read_anno_lexical(source: str = ANNO_LEXICAL) -> Splits:
    """The rows of Anno-lexical from a hub id or a folder, in the authors' splits.

    Raises:
        CorpusError: the source cannot be loaded, or is not of the form above.
    """
    columns = ("text", "label", "source_name", "source_party", "sentence_id")
    rows = _read(source, SPLITS, columns, _machine_labelled)
    return without_repeats(rows, thinned=("train",))


def _machine_labelled(record: Mapping[str, Any], where: str) -> Row:
    if str(record["label"]) not in ("0", "1"):
        raise CorpusError(f"{where}: label is {record['label']!r}; expected 0 or 1")
    return make_row(
        f"al-{str(record['sentence_id'])[:13]}",  # 12 hexadecimal digits are unique
        " ".join(str(record["text"] or "").split()),
        {"loaded": int(record["label"])},
        [],
        where=where,
        outlet=record["source_name"],
        outlet_leaning=record["source_party"],
    )


def _read(
    source: str,
    names: tuple[str, ...],
    columns: tuple[str, ...],
    make: Callable[[Mapping[str, Any], str], Row],
) -> Splits:
    """The rows that `make` makes of the records of each split and their positions."""
    try:
        # Streaming reads the files directly and leaves no copy of them in a cache.
        loaded = load_dataset(source, streaming=True)
        parts = {
            str(name): [(f"{source}, {name}, row {row}", record) for row, record in enumerate(rows)]
            for name, rows in loaded.items()
        }
    except (DatasetsError, OSError, ValueError, TypeError, RuntimeError) as error:
        raise CorpusError(
            f"{source}: cannot be loaded ({type(error).__name__}: {error}); expected a data set of "
            "the hub that can be reached, or a folder with its files"
        ) from error
    if "dev" in names and "dev" not in parts and "validation" in parts:
        parts["dev"] = parts.pop("validation")
    if missing := set(names) - parts.keys():
        raise CorpusError(
            f"{source}: found the splits {', '.join(parts)}; expected also "
            f"{', '.join(sorted(missing))}, in the files' names"
        )
    for records in parts.values():
        for where, record in records:
            if absent := set(columns) - record.keys():
                raise CorpusError(
                    f"{where}: no column {', '.join(sorted(absent))} in {', '.join(record)}; "
                    f"expected {', '.join(columns)}"
                )
    return {name: [make(record, where) for where, record in parts[name]] for name in names}
