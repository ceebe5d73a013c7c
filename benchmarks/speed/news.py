"""Real sentences and articles, each handed out once."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sayso.engine.sentences import split_sentences

ARTICLES = "articles.jsonl.gz"


class News:
    """The articles of a file, a JSON object with a `text` a line, in its order.

    What was handed out does not come again, so that a system that remembers has nothing to
    remember; only a file that is too short begins anew, which `times_read` tells.

    Raises:
        ValueError: the file holds no sentence.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.times_read = 1
        self._articles = self._read_articles()
        self._sentences = self._split()

    def articles(self, count: int) -> list[str]:
        """Whole articles."""
        return list(islice(self._articles, count))

    def sentences(self, count: int) -> list[str]:
        """Neighbouring sentences of articles, without those that came before."""
        return list(islice(self._sentences, count))

    def article(self, sentences: int) -> str:
        """So many sentences, a paragraph each, so that they are split as they were."""
        return "\n".join(self.sentences(sentences))

    def _read_articles(self) -> Iterator[str]:
        while True:
            with gzip.open(self._file, "rt", encoding="utf-8") as lines:
                yield from (json.loads(line)["text"] for line in lines)
            self.times_read += 1

    def _split(self) -> Iterator[str]:
        seen, turn = set[int](), self.times_read
        for text in self._articles:
            if self.times_read > turn:
                if not seen:
                    raise ValueError(f"{self._file} holds no sentence")
                seen, turn = set(), self.times_read
            for start, end in split_sentences(text):
                sentence = text[start:end]
                if hash(sentence) not in seen:
                    seen.add(hash(sentence))
                    yield sentence
