from pathlib import Path

import pytest

from sayso.errors import CorpusError
from sayso.training.corpora import read_files
from sayso.training.recipe import CorpusRecipe
from training.tools.corpora.rows import fold, write_splits
from training.tools.corpora.szeged import read_document_ids, read_szeged

HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    '<!DOCTYPE Annotation PUBLIC "-//Uncertainty//DTD  SCOPE ANNOTATION 1.0//EN" "Uncertainty.dtd">'
    '\n<Annotation created="1/1/2000" creator="nobody"><DocumentSet> '
)
TAIL = "</DocumentSet></Annotation>"


def cue(words: str, type_: str) -> str:
    return f'<ccue type="speculation_{type_}">{words}</ccue>'


def document(name: str, *sentences: str, part: str = "Text") -> str:
    marked = "".join(f'<Sentence id="S1.{n}">{s}</Sentence>' for n, s in enumerate(sentences, 1))
    return (
        f'<Document type="unknown"><DocID type="FILENAME">{name}</DocID>'
        f'<DocumentPart type="{part}">{marked}</DocumentPart><DocumentPart type="{part}"/>'
        "</Document>"
    )


def corpus(path: Path, *documents: str) -> Path:
    path.write_text(HEAD + "".join(documents) + TAIL, encoding="utf-8")
    return path


def test_cues_become_spans_and_classes(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "factbank.xml",
        document(
            "a.txt",
            f"It  {cue('may', 'modal_probable_')}  rain ,  he {cue('thinks', 'hypo_doxastic _')} .",
            f"{cue('If', 'hypo_condition _')} so, ask {cue('whether', 'hypo_investigation _')}.",
            "It rained &amp; snowed.",
        ),
    )
    first, second, third = read_szeged(path, "factbank")["train"]
    assert first == {
        "id": "szeged-factbank-00000",
        "doc": "a.txt",
        "text": "It may rain, he thinks.",
        "labels": {
            "uncertain": 1,
            "epistemic": 1,
            "doxastic": 1,
            "condition": 0,
            "investigation": 0,
            "hedge": 1,
        },
        "spans": [
            {"start": 3, "end": 6, "type": "hedge_cue", "subtype": "modal_probable"},
            {"start": 16, "end": 22, "type": "hedge_cue", "subtype": "hypo_doxastic"},
        ],
        "part": "Text",
        "fold": 2,
    }
    assert (second["labels"]["uncertain"], second["labels"]["hedge"]) == (1, 0)
    assert third["text"] == "It rained & snowed."
    assert not any(third["labels"].values())


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("``It  does  n't   help ,'' she said .", '"It doesn\'t help," she said.'),
        ("He won ( twice ) ; then [ he ] left !", "He won (twice); then [he] left!"),
        ("He waited ... and 'slept' ''here''", "He waited ... and 'slept' ''here\""),
        ("A 5 % rise -- no more ?", "A 5 % rise -- no more?"),
        ("Sie hörte\u00a0🙂 nichts", "Sie hörte 🙂 nichts"),
    ],
)
def test_tokens_are_joined_again(tmp_path: Path, tokens: str, text: str) -> None:
    path = corpus(tmp_path / "w.xml", document("a.txt", tokens))
    (row,) = read_szeged(path, "wiki")["train"]
    assert row["text"] == text


def test_titles_and_lines_without_letters_are_counted_and_skipped(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "wiki.xml",
        document("a.txt", "A Title", part="Title"),
        document("b.txt", "12 - 34", "It rained.", "IT rained."),
    )
    (row,) = read_szeged(path, "wiki")["train"]
    assert (row["id"], row["doc"]) == ("szeged-wiki-00002", "b.txt")


def test_documents_are_split_by_their_digest(tmp_path: Path) -> None:
    names = [f"{n}.txt" for n in range(100)]
    path = corpus(tmp_path / "f.xml", *(document(name, f"It rained in {name}.") for name in names))
    splits = read_szeged(path, "factbank")
    folds = {name: {row["fold"] for row in rows} for name, rows in splits.items()}
    assert folds == {"train": set(range(2, 10)), "dev": {1}, "test": {0}}
    for rows in splits.values():
        assert all(row["fold"] == fold(row["doc"]) for row in rows)


def test_named_documents_are_the_test_split(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "w.xml", document("a.txt", "It rained."), document("b.txt", "It snowed.")
    )
    listed = tmp_path / "evaluation.txt"
    listed.write_text("b.txt\n\nelsewhere\n")
    splits = read_szeged(path, "wiki", read_document_ids(listed))
    assert [row["doc"] for row in splits["test"]] == ["b.txt"]
    assert [row["doc"] for row in splits["train"]] == ["a.txt"]
    other = corpus(tmp_path / "evaluation.xml", document("elsewhere", "It hailed."))
    with pytest.raises(CorpusError, match="has none of the 1 test documents"):
        read_szeged(path, "wiki", read_document_ids(other))


@pytest.mark.parametrize("text", ["", " \n", HEAD + TAIL])
def test_a_list_names_documents(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text)
    with pytest.raises(CorpusError, match="names no document"):
        read_document_ids(tmp_path / "list")


def test_a_list_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="list: cannot be read"):
        read_document_ids(tmp_path / "list")


def test_training_reads_the_rows(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "f.xml", document("a.txt", f"It {cue('may', 'modal_possible_')} rain.")
    )
    write_splits(read_szeged(path, "factbank"), tmp_path / "rows")
    recipe = CorpusRecipe(name="f", labels={"hedge": "x"}, spans={"hedge_cue": "y"})
    (example,) = read_files(recipe, ("train",), tmp_path / "rows")
    assert (example.targets, example.spans) == ({"x": 1.0}, {"y": [(3, 6)]})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            document("a.txt", "It <ccue>may</ccue> rain."),
            r"document a\.txt, sentence S1\.1: cue 'may' has the type None; expected speculation_",
        ),
        (
            document("a.txt", cue("many", "weasel")),
            r"has the type 'speculation_weasel'.*version 2\.0",
        ),
        (document("a.txt", "It <xcope>may</xcope> rain."), r"S1\.1: found xcope"),
        (document("", "It rained."), "a Document has no DocID"),
        (
            "<Document><DocID>a</DocID><DocumentPart><p>No.</p></DocumentPart></Document>",
            r"document a, sentence \?: found p; expected Sentence",
        ),
        ("", "found no sentence; expected Document, DocumentPart, Sentence"),
        ("<Document>\n", r"f\.xml:3: not XML"),
    ],
)
def test_other_forms_are_errors(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_szeged(corpus(tmp_path / "f.xml", body), "factbank")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"f\.xml: cannot be read"):
        read_szeged(tmp_path / "f.xml", "factbank")
