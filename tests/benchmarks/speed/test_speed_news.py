import gzip
from pathlib import Path

import pytest

from benchmarks.speed.news import ARTICLES, News


def test_sentences_come_once_as_long_as_there_are_any(articles: Path) -> None:
    news = News(articles / ARTICLES)
    first = news.sentences(8)
    assert len(set(first)) == 8
    assert first[0] == "The ferry was late on Monday."
    assert news.times_read == 1
    assert news.sentences(8) == first
    assert news.times_read == 2


def test_an_article_has_as_many_sentences_as_asked(articles: Path) -> None:
    assert News(articles / ARTICLES).article(3).count("\n") == 2


def test_whole_articles_begin_anew_too(articles: Path) -> None:
    news = News(articles / ARTICLES)
    found = news.articles(7)
    assert found[0] == found[6]
    assert news.times_read == 2


def test_a_file_without_sentences_is_told(tmp_path: Path) -> None:
    with gzip.open(tmp_path / ARTICLES, "wt", encoding="utf-8") as file:
        file.write('{"text": ""}\n')
    with pytest.raises(ValueError, match="holds no sentence"):
        News(tmp_path / ARTICLES).sentences(1)
