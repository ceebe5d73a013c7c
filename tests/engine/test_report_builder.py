import pytest

from sayso.engine.options import Options
from sayso.engine.report import OffsetUnit
from sayso.engine.scorer import Engine
from sayso.engine.timing import Stopwatch

TEXT = "Officials said 🌊 the dam could fail. It is Monday. “A disaster 🌊,” he claimed."


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_steps_lead_to_the_report_that_one_call_gives(engine: Engine, unit: OffsetUnit) -> None:
    options = Options(offset_unit=unit)
    draft = engine.open(TEXT, options)
    seen = [*draft.step(1), *draft.step(1)]
    assert [one.index for one in seen] == [0, 1]
    assert not draft.is_done
    assert draft.report().summary.sentences == 2
    whole = engine.score(TEXT, options)
    assert draft.finish() == whole
    assert tuple(seen) == whole.sentences[:2]
    assert draft.is_done
    assert not draft.step()


def test_long_sentences_are_told_of_once(engine: Engine) -> None:
    draft = engine.open_sentences(["It rained.", "They said it might be so, " * 60])
    while not draft.is_done:
        draft.step(1)
    assert [(one.code, one.sentence) for one in draft.report().warnings] == [("long_sentence", 1)]


def test_the_watch_knows_every_part(engine: Engine) -> None:
    watch = Stopwatch()
    engine.open(TEXT, watch=watch).finish()
    assert set(watch.seconds) == {"split", "tokenise", "infer"}
    assert all(seconds > 0 for seconds in watch.seconds.values())
