import json
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.bundle.bundle import NETWORK, SHIPPED, Bundle, seal
from sayso.engine.options import Options
from sayso.engine.report import Report
from sayso.engine.scorer import Engine
from sayso.errors import BundleDamaged, InputError
from sayso.labels import KINDS, LABELS
from tests.conftest import ROOT

ARTICLE = (ROOT / "examples" / "harbour.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def hold_offsets(report: Report, text: str) -> None:
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


def test_an_article_is_read_as_a_person_would(engine: Engine) -> None:
    report = engine.score(ARTICLE)
    hold_offsets(report, ARTICLE)
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


def test_flags_kinds_and_scores_agree(engine: Engine) -> None:
    report = engine.score(ARTICLE)
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


def test_a_sentence_has_one_score_whatever_stands_beside_it(engine: Engine) -> None:
    sentences = [sentence.text for sentence in engine.score(ARTICLE).sentences]
    together = engine.score_sentences(sentences).sentences
    for index, sentence in enumerate(sentences):
        (alone,) = engine.score_sentences([sentence]).sentences
        assert alone.scores == pytest.approx(together[index].scores, abs=2e-4)


def test_given_sentences_are_never_split_and_count_on_their_own(engine: Engine) -> None:
    report = engine.score_sentences(["It may rain. It could snow.", "", "It may rain."])
    assert [(one.start, one.end) for one in report.sentences] == [(0, 27), (0, 0), (0, 12)]
    assert report.sentences[1].scores is None


def test_a_long_sentence_is_read_whole_and_said_so(engine: Engine) -> None:
    text = "The pier, " + "the boats and the nets, " * 800 + "could be closed, officials said."
    assert len(text) > 19_000
    report = engine.score(text)
    hold_offsets(report, text)
    assert [warning.code for warning in report.warnings] == ["long_sentence"]
    (sentence,) = report.sentences
    assert any(one.start > 19_000 for one in sentence.evidence)  # the end was read too


def test_a_word_cut_by_a_window_stays_whole(engine: Engine) -> None:
    text = " ".join(["unverifiability"] * 200)
    (reading,) = engine.read([text])
    assert reading.windows > 1
    assert [text[start:end] for start, end in reading.words()[0]] == ["unverifiability"] * 200


@pytest.mark.parametrize(
    "text",
    [
        "Officials said it may rain.\r\n\r\nIt could\u00a0snow, 😀 sources said.\r\nDone.",
        "Cafe\u0301 owners say it may close\u2028Officials deny it.\x00 It could rain.",
        "👩‍👩‍👧 Officials said it might rain 🎉.",
        "אומרים שירד גשם. Officials said it may rain.",
    ],
)
def test_offsets_are_exact_in_hard_texts(engine: Engine, text: str) -> None:
    hold_offsets(engine.score(text), text)
    utf16 = engine.score(text, Options(offset_unit="utf16"))
    units = text.encode("utf-16-le")
    for sentence in utf16.sentences:
        cut = units[2 * sentence.start : 2 * sentence.end].decode("utf-16-le")
        assert cut == sentence.text


@settings(max_examples=30)
@given(st.text(max_size=200))
def test_offsets_are_exact_in_any_text(text: str) -> None:
    hold_offsets(ENGINE.score(text, Options(thresholds=dict.fromkeys(LABELS, 0.0))), text)


ENGINE = Engine()


def test_only_wanted_labels_are_given(engine: Engine) -> None:
    report = engine.score(ARTICLE, Options(labels=["hedging"]))
    assert list(report.thresholds) == ["hedging"]
    assert {flag for one in report.sentences for flag in one.flags} == {"hedging"}
    assert all(one.kind is None for one in report.sentences)


def test_half_a_surrogate_pair_is_refused(engine: Engine) -> None:
    with pytest.raises(InputError, match="surrogate"):
        engine.score("It may \udc00 rain.")
    with pytest.raises(InputError, match=r"sentences\[1\]"):
        engine.score_sentences(["Fine.", "\ud800"])


def test_progress_counts_to_the_end(engine: Engine) -> None:
    seen: list[tuple[int, int]] = []
    engine.score("It rained. " * 600, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (600, 600)
    assert len(seen) == 3


def test_a_sealed_bundle_with_a_broken_network_is_damaged(tmp_path: Path) -> None:
    for file in (SHIPPED / "base").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / NETWORK).write_bytes(b"no network")
    seal(tmp_path)
    with pytest.raises(BundleDamaged, match="cannot be loaded"):
        Engine(Bundle.load(tmp_path))


@pytest.mark.slow
def test_real_articles_go_through_with_exact_offsets_and_flat_memory(
    engine: Engine, corpora: Path
) -> None:
    import gzip

    with gzip.open(corpora / "news_text" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for _, line in zip(range(300), lines, strict=False)]
    peaks = []
    for text in texts:
        hold_offsets(engine.score(text), text)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # Kilobytes: after a warm-up of a third, the peak may grow by an arena, not by the corpus.
    assert peaks[-1] - peaks[100] < 50_000
