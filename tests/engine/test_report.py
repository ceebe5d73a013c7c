from hypothesis import given
from hypothesis import strategies as st

from sayso.engine.report import Evidence, Sentence, fingerprint, summarize


def test_a_fingerprint_survives_a_move_to_another_program() -> None:
    first = fingerprint('"It\'s  over," he said.')
    assert first == fingerprint("“It’s over,”\nhe said.")
    assert first == fingerprint("“It’s\u00a0over,” he said.")
    assert first != fingerprint("“It’s over”, he said.")
    assert len(first) == 12


@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert len(fingerprint(text)) == 12
    assert Sentence(0, 0, len(text), text, scores=None).fingerprint == fingerprint(text)


def test_a_summary_counts_sentences_words_and_spans() -> None:
    evidence = (Evidence("hedging", 0, 2, 0.9, False), Evidence("hedging", 3, 6, 0.8, False))
    sentences = [
        Sentence(0, 0, 8, "It rains.", {"hedging": 0.1}),
        Sentence(1, 9, 20, "It may, may.", {"hedging": 0.7}, ("hedging",), evidence),
        Sentence(2, 21, 28, "It may.", {"hedging": 0.9}, ("hedging",), evidence[:1]),
        Sentence(3, 29, 30, "…", scores=None),
    ]
    summary = summarize(sentences, ["hedging"])
    assert (summary.sentences, summary.words) == (4, 7)
    assert summary.flagged == {"hedging": 2}
    assert summary.shares == {"hedging": 0.5}
    assert summary.densities == {"hedging": round(3000 / 7, 2)}
    assert summary.most_marked == (2, 1)
