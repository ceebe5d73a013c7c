"""`python -m training.tools.corpora NAME SOURCE OUTPUT`: convert a corpus into Sayso's rows."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sayso.errors import SaysoError
from training.tools.corpora.babe import read_babe
from training.tools.corpora.polnear import read_polnear
from training.tools.corpora.rows import Splits, summary, write_splits
from training.tools.corpora.szeged import read_document_ids, read_szeged

FROM_FILES: dict[str, Callable[[Path], Splits]] = {
    "babe": read_babe,
    "szeged-factbank": partial(read_szeged, name="factbank"),
    "szeged-wiki": partial(read_szeged, name="wiki"),
    "polnear": read_polnear,
}
FROM_HUB = ("babe-hub", "anno-lexical-hub")

_EPILOG = """\
names and their sources:
  babe              folder with final_labels_SG2.csv or the two files of version 3
  babe-hub          hub id (mediabiasgroup/BABE by default), or a folder of such files
  anno-lexical-hub  hub id (mediabiasgroup/anno-lexical by default), or such a folder
  szeged-factbank   factbank.xml of the Szeged Uncertainty Corpus 2.0
  szeged-wiki       wiki.xml of the same
  polnear           a copy of the repository, with data/{train,dev,test}

OUTPUT should have the name of the corpus's folder in the recipe: babe, anno_lexical_llm,
szeged_factbank, szeged_wiki, polnear. The texts belong to others: read each corpus's licence."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read a corpus, write its splits and print their counts; exits with 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m training.tools.corpora",
        description="Convert a corpus, as its authors publish it, into rows that Sayso trains on.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", choices=[*FROM_FILES, *FROM_HUB])
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="file, folder or hub id")
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="folder for train.jsonl, ...")
    parser.add_argument(
        "--test-documents",
        metavar="FILE",
        type=Path,
        help="szeged-wiki: ids of the documents of the CoNLL-2010 evaluation set, one a line, or "
        "XML with DocID; they become the test split",
    )
    options = parser.parse_args(arguments)
    if options.source is None and options.name not in FROM_HUB:
        parser.error(f"{options.name} needs SOURCE and OUTPUT")
    if options.test_documents and options.name != "szeged-wiki":
        parser.error("--test-documents is for szeged-wiki only")
    try:
        splits = _read(options.name, options.source, options.test_documents)
        write_splits(splits, options.output)
    except SaysoError as error:
        parser.exit(2, f"{error}\n")
    sys.stdout.write(f"{summary(splits)}\n")


def _read(name: str, source: str | None, test_documents: Path | None) -> Splits:
    if name in FROM_HUB:
        # Imports `datasets`, which takes seconds, and which only these corpora need.
        from training.tools.corpora.hub import ANNO_LEXICAL, BABE, read_anno_lexical, read_babe_hub

        if name == "babe-hub":
            return read_babe_hub(source or BABE)
        return read_anno_lexical(source or ANNO_LEXICAL)
    path = Path(source or "")
    if test_documents:
        return read_szeged(path, "wiki", read_document_ids(test_documents))
    return FROM_FILES[name](path)


if __name__ == "__main__":
    main()
