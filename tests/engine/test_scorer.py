import json
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.bundle.bundle import NETWORK, SHIPPED, Bundle, write_checksums
from sayso.engine.report import Report
from sayso.engine.scorer import Scorer
from sayso.errors import BundleCorrupt, InputError
from sayso.labels import HEDGING, KINDS, LABELS, LOADED_FRAMING, UNVERIFIED_ATTRIBUTION
from tests.conftest import ROOT, SHARED

SCORER = Scorer()
ARTICLE = (ROOT / "examples" / "harbour.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return SCORER


def check_offsets(report: Report, text: str) -> None:
    """Every sentence and every span is exact in the text."""
    end = 0
    for sentence in report.sentences:
        assert sentence.start >= end
        assert text[sentence.start : sentence.end] == sentence.text
        end = sentence.end
        for found in sentence.evidence:
            assert sentence.start <= found.start < found.end <= sentence.end
            words = text[found.start : found.end]
            assert words == words.strip()
        assert {found.label for found in sentence.evidence} == set(sentence.flags)


def test_an_article_is_read_as_a_person_would(scorer: Scorer) -> None:
    report = scorer.score(ARTICLE)
    check_offsets(report, ARTICLE)
    marked = {
        (found.label, word)
        for sentence in report.sentences
        for found in sentence.evidence
        for word in ARTICLE[found.start : found.end].split()
    }
    assert {
        ("hedging", "may"),
        ("hedging", "likely"),
        ("unverified_attribution", "Critics"),
        ("unverified_attribution", "claimed"),
        ("loaded_framing", "catastrophic"),
    } <= marked
    assert ("hedging", "May") not in marked
    assert ("unverified_attribution", "claims") not in marked


def test_flags_kinds_and_scores_agree(scorer: Scorer) -> None:
    report = scorer.score(ARTICLE)
    for sentence in report.sentences:
        assert sentence.scores is not None
        assert tuple(sentence.scores) == LABELS
        assert all(0 <= score <= 1 for score in sentence.scores.values())
        assert sentence.flags == tuple(
            label for label in LABELS if sentence.scores[label] >= report.thresholds[label]
        )
        assert (sentence.kind in KINDS) == ("unverified_attribution" in sentence.flags)
    assert report.summary.flagged["hedging"] == sum(
        "hedging" in sentence.flags for sentence in report.sentences
    )


def test_scores_do_not_depend_on_other_sentences(scorer: Scorer) -> None:
    sentences = [sentence.text for sentence in scorer.score(ARTICLE).sentences]
    together = scorer.score_sentences(sentences).sentences
    for index, sentence in enumerate(sentences):
        (alone,) = scorer.score_sentences([sentence]).sentences
        assert alone.scores == pytest.approx(together[index].scores, abs=2e-4)


def test_given_sentences_are_never_split_and_have_offsets_of_their_own(scorer: Scorer) -> None:
    report = scorer.score_sentences(["It may rain. It could snow.", "", "It may rain."])
    assert [(one.start, one.end) for one in report.sentences] == [(0, 27), (0, 0), (0, 12)]
    assert report.sentences[1].scores is None


def test_a_long_sentence_is_scored_whole_with_a_warning(scorer: Scorer) -> None:
    text = "The pier, " + "the boats and the nets, " * 800 + "could be closed, officials said."
    assert len(text) > 19_000
    report = scorer.score(text)
    check_offsets(report, text)
    assert [warning.code for warning in report.warnings] == ["long_sentence"]
    (sentence,) = report.sentences
    assert any(one.start > 19_000 for one in sentence.evidence)  # the end was scored too


@pytest.mark.parametrize(
    "text",
    [
        "Officials said it may rain.\r\n\r\nIt could\u00a0snow, 😀 sources said.\r\nDone.",
        "Cafe\u0301 owners say it may close\u2028Officials deny it.\x00 It could rain.",
        "👩‍👩‍👧 Officials said it might rain 🎉.",
        "אומרים שירד גשם. Officials said it may rain.",
    ],
)
def test_offsets_are_exact_in_hard_texts(scorer: Scorer, text: str) -> None:
    check_offsets(scorer.score(text), text)
    utf16 = scorer.score(text, offset_unit="utf16")
    units = text.encode("utf-16-le")
    for sentence in utf16.sentences:
        cut = units[2 * sentence.start : 2 * sentence.end].decode("utf-16-le")
        assert cut == sentence.text


@settings(max_examples=30)
@given(st.text(max_size=200))
def test_offsets_are_exact_in_any_text(text: str) -> None:
    check_offsets(SCORER.score(text, thresholds=dict.fromkeys(LABELS, 0.0)), text)


def test_only_the_chosen_labels_are_scored(scorer: Scorer) -> None:
    report = scorer.score(ARTICLE, labels=["hedging"])
    assert list(report.thresholds) == ["hedging"]
    assert {flag for one in report.sentences for flag in one.flags} == {"hedging"}
    assert all(one.kind is None for one in report.sentences)


def test_half_a_surrogate_pair_is_refused(scorer: Scorer) -> None:
    with pytest.raises(InputError, match="surrogate"):
        scorer.score("It may \udc00 rain.")
    with pytest.raises(InputError, match=r"sentences\[1\]"):
        scorer.score_sentences(["Fine.", "\ud800"])


def test_progress_counts_to_the_end(scorer: Scorer) -> None:
    seen: list[tuple[int, int]] = []
    scorer.score("It rained. " * 600, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (600, 600)
    assert len(seen) == 3


def test_a_broken_network_with_valid_checksums_is_corrupt(tmp_path: Path) -> None:
    for file in (SHIPPED / "base").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / NETWORK).write_bytes(b"no network")
    write_checksums(tmp_path)
    with pytest.raises(BundleCorrupt, match="cannot be loaded"):
        Scorer(Bundle.load(tmp_path))


@pytest.fixture(scope="module")
def real_article() -> str:
    """A real article, which is not part of the repository."""
    path = SHARED / "examples" / "kyiv_factory.txt"
    if not path.is_file():
        pytest.skip(f"needs the example article {path}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def real_report(real_article: str) -> Report:
    return SCORER.score(real_article)


def test_the_offsets_of_a_real_article_are_exact(real_article: str, real_report: Report) -> None:
    assert len(real_report.sentences) > 20
    check_offsets(real_report, real_article)


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("unverified", UNVERIFIED_ATTRIBUTION),
        ("citing", UNVERIFIED_ATTRIBUTION),
        ("shockwaves", LOADED_FRAMING),
        ("shrouded", LOADED_FRAMING),
        ("could", HEDGING),
        ("if", HEDGING),
    ],
)
def test_a_real_article_is_marked_as_a_reader_would(
    real_article: str, real_report: Report, word: str, label: str
) -> None:
    marked = [
        real_article[found.start : found.end].split()
        for sentence in real_report.sentences
        for found in sentence.evidence
        if found.label == label
    ]
    assert any(word in words for words in marked)


@pytest.mark.slow
def test_real_articles_go_through_with_exact_offsets_and_flat_memory(
    scorer: Scorer, corpora: Path
) -> None:
    import gzip

    with gzip.open(corpora / "news_text" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for _, line in zip(range(300), lines, strict=False)]
    peaks = []
    for text in texts:
        check_offsets(scorer.score(text), text)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # Kilobytes: after a warm-up of a third, the peak may grow by an arena, not by the corpus.
    assert peaks[-1] - peaks[100] < 50_000
