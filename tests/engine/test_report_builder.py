import pytest

from sayso.engine.options import Options
from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Scorer
from sayso.engine.stopwatch import Stopwatch

TEXT = "Officials said 🌊 the dam could fail. It is Monday. “A disaster 🌊,” he claimed."


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(threads=1)


@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_steps_give_the_report_of_one_call(scorer: Scorer, unit: OffsetUnit) -> None:
    builder = scorer.begin(TEXT, Options(offset_unit=unit))
    seen = [*builder.step(1), *builder.step(1)]
    assert [one.index for one in seen] == [0, 1]
    assert not builder.is_done
    assert builder.report().summary.sentences == 2
    whole = scorer.score(TEXT, offset_unit=unit)
    assert builder.finish() == whole
    assert tuple(seen) == whole.sentences[:2]
    assert builder.is_done
    assert not builder.step()


def test_a_long_sentence_has_one_warning(scorer: Scorer) -> None:
    builder = scorer.begin_sentences(["It rained.", "They said it might be so, " * 60])
    while not builder.is_done:
        builder.step(1)
    assert [(one.code, one.sentence) for one in builder.report().warnings] == [("long_sentence", 1)]


def test_the_stopwatch_measures_every_phase(scorer: Scorer) -> None:
    stopwatch = Stopwatch()
    scorer.begin(TEXT, stopwatch=stopwatch).finish()
    assert set(stopwatch.seconds) == {"split", "tokenise", "infer"}
    assert all(seconds > 0 for seconds in stopwatch.seconds.values())
