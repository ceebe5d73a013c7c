import gzip
from pathlib import Path

import pytest

from benchmarks.news import ARTICLES, News


def test_sentences_are_not_repeated_until_the_file_ends(articles: Path) -> None:
    news = News(articles / ARTICLES)
    first = news.sentences(8)
    assert len(set(first)) == 8
    assert first[0] == "The ferry was late on Monday."
    assert news.times_read == 1
    assert news.sentences(8) == first
    assert news.times_read == 2


def test_an_article_has_the_given_number_of_sentences(articles: Path) -> None:
    assert News(articles / ARTICLES).article(3).count("\n") == 2


def test_articles_start_again_at_the_end(articles: Path) -> None:
    news = News(articles / ARTICLES)
    found = news.articles(7)
    assert found[0] == found[6]
    assert news.times_read == 2


def test_a_file_without_sentences_is_an_error(tmp_path: Path) -> None:
    with gzip.open(tmp_path / ARTICLES, "wt", encoding="utf-8") as file:
        file.write('{"text": ""}\n')
    with pytest.raises(ValueError, match="holds no sentence"):
        News(tmp_path / ARTICLES).sentences(1)
