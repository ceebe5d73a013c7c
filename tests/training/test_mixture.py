from sayso.training.corpora import Example
from sayso.training.mixture import mix


def test_a_sentence_that_two_corpora_label_is_one_example() -> None:
    ours = Example("It may rain.", {"hedging": 1.0}, {"hedging": [(3, 6)]})
    theirs = Example("It may rain.", {"hedging": 0.0, "vague": 1.0}, kind="unnamed")
    other = Example("It rained.", {"vague": 0.0})
    mixture = mix({"ours": [ours], "theirs": [other, theirs]}, held_out=[])
    assert mixture.rows == {"ours": [0], "theirs": [1, 0]}
    assert mixture.examples[1] == other
    joined = mixture.examples[0]
    assert joined.targets == {"hedging": 1.0, "vague": 1.0}
    assert joined.spans == {"hedging": [(3, 6)]}
    assert joined.kind == "unnamed"


def test_held_out_sentences_are_not_training_rows() -> None:
    rows = [Example("“It may rain,” she said.", {}), Example("It rained.", {})]
    mixture = mix({"corpus": rows}, held_out=['"It may rain", she  said'])
    assert mixture.examples == rows[1:]
    assert mixture.rows == {"corpus": [0]}
    assert mixture.held_out == {"corpus": 1}


def test_a_sentence_twice_in_one_corpus_counts_once() -> None:
    row = Example("It rained.", {"vague": 0.0})
    assert mix({"corpus": [row, row]}, held_out=[]).rows == {"corpus": [0]}
