"""Articles and sentences of real news, each used once."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sayso.engine.sentences import split_sentences

ARTICLES = "articles.jsonl.gz"


def read_articles(file: Path, count: int | None = None) -> Iterator[str]:
    """The texts of the first `count` articles of a file, or of all."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in islice(lines, count))


class News:
    """The articles of a file, a JSON object with a `text` per line, in order.

    No text is returned twice, so that no system gains from a cache. Only when the file ends does it
    start again; `times_read` counts that.

    Raises:
        ValueError: if the file holds no sentence.
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
        """Neighbouring sentences of articles, without duplicates."""
        return list(islice(self._sentences, count))

    def article(self, sentences: int) -> str:
        """A text of that many sentences, each in its own paragraph so that splitting keeps them."""
        return "\n".join(self.sentences(sentences))

    def _read_articles(self) -> Iterator[str]:
        while True:
            yield from read_articles(self._file)
            self.times_read += 1

    def _split(self) -> Iterator[str]:
        seen, reading = set[int](), self.times_read
        for text in self._articles:
            if self.times_read > reading:
                if not seen:
                    raise ValueError(f"{self._file} holds no sentence")
                seen, reading = set(), self.times_read
            for start, end in split_sentences(text):
                sentence = text[start:end]
                if hash(sentence) not in seen:
                    seen.add(hash(sentence))
                    yield sentence
