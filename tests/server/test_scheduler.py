"""Turns: who goes first, who would wait too long, and what a step leaves that nobody waits for."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from threading import Event
from typing import Any, Self

import pytest
from prometheus_client import REGISTRY

from sayso.engine.report import Sentence
from sayso.engine.report_builder import ReportBuilder
from sayso.server import scheduler as turns_module
from sayso.server.errors import Refusal
from sayso.server.request_context import Record
from sayso.server.scheduler import (
    COST_OF_A_REQUEST,
    LANE_CHARACTERS,
    LANES,
    PATIENCE,
    STEP,
    WIDEST,
    Place,
    Throughput,
    Turns,
    score_in_turns,
    score_whole,
)
from tests.server.common import builder_of

RATE = 1_000


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(turns_module, "monotonic", clock)
    return clock


@pytest.fixture
def turns(clock: Clock) -> Iterator[Turns]:
    turns = Turns(10, RATE)
    yield turns
    turns._threads.shutdown()


@pytest.fixture
def one_lane(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Turns]:
    """Turns that are taken one after the other, so that their order can be seen."""
    monkeypatch.setattr(turns_module, "LANES", 1)
    turns = Turns(10, RATE)
    yield turns
    turns._threads.shutdown()


def waiting(turns: Turns, characters: int) -> ExitStack:
    """Somebody who asks for a turn and does not get it."""
    stack = ExitStack()
    stack.enter_context(turns.enter(characters)).is_asking = True
    return stack


async def queue(turns: Turns, characters: int, step: Callable[[], object]) -> Any:
    """What a step gives back, which scores nothing."""
    values: list[object] = []
    with turns.enter(characters) as place:
        await turns.take(place, Record("id"), lambda: values.append(step()) or ())
    return values[0]


def sentence_of(characters: int) -> Sentence:
    return Sentence(0, 0, characters, "x" * characters, {})


async def settle() -> None:
    """Let every task come to where it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


class Blocked:
    """Steps that take all lanes until they may go on."""

    def __init__(self, turns: Turns, lanes: int) -> None:
        self.turns = turns
        self.go = Event()
        self.tasks = [
            asyncio.create_task(queue(turns, 0, lambda: self.go.wait(60))) for _ in range(lanes)
        ]

    async def __aenter__(self) -> Self:
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.go.set()
        await asyncio.wait_for(asyncio.gather(*self.tasks, return_exceptions=True), 60)
        await asyncio.wait_for(self.free(), 60)

    async def free(self) -> None:
        while self.turns._free < turns_module.LANES:
            await asyncio.sleep(0.001)


def test_throughput_is_a_guess_until_a_second_was_busy() -> None:
    throughput = Throughput(10_000)
    throughput.begin(10.0)
    throughput.end(10.9, 50_000)
    assert throughput.rate == 10_000


def test_throughput_moves_towards_what_was_measured() -> None:
    throughput = Throughput(10_000)
    throughput.begin(10.0)
    throughput.end(12.0, 40_000)
    assert throughput.rate == pytest.approx(13_000)


def test_what_was_measured_is_measured_once() -> None:
    throughput = Throughput(10_000)
    for start in (10.0, 12.0):
        throughput.begin(start)
        throughput.end(start + 2, 40_000)
    assert throughput.rate == pytest.approx(10_000 + 0.3 * 10_000 + 0.3 * 7_000)


def test_idle_time_does_not_count() -> None:
    throughput = Throughput(10_000)
    for start in (10.0, 100.0):
        throughput.begin(start)
        throughput.end(start + 0.5, 10_000)
    assert throughput.rate == pytest.approx(10_000 + 0.3 * 10_000)


def test_steps_side_by_side_share_their_time() -> None:
    throughput = Throughput(10_000)
    throughput.begin(0.0)
    throughput.begin(0.0)
    throughput.end(2.0, 20_000)
    throughput.end(2.0, 20_000)
    assert throughput.rate == pytest.approx(10_000)
    throughput.begin(2.0)
    throughput.end(3.0, 0)
    assert throughput.rate == pytest.approx(10_000 + 0.3 * (20_000 - 10_000))


def test_a_step_is_measured_while_it_is_taken(turns: Turns, clock: Clock) -> None:
    def step() -> list[Sentence]:
        clock.now += 2
        return [sentence_of(4_000)]

    asyncio.run(turns.take(Place(0, 4_000), Record("id"), step))
    assert turns.throughput.rate == pytest.approx(RATE + Throughput.WEIGHT * (2_000 - RATE))


def test_who_asks_is_counted_until_it_leaves(turns: Turns, clock: Clock) -> None:
    def shown() -> float | None:
        return REGISTRY.get_sample_value("sayso_waiting_characters")

    async def ask() -> None:
        with turns.enter(800) as place:
            clock.now += 60
            assert turns.wait() == 0  # it has not asked for a turn yet
            during: list[float | None] = []

            def step() -> list[Sentence]:
                during.extend([turns.wait(), shown()])
                return [sentence_of(300)]

            await turns.take(place, Record("id"), step)
            assert during == [(800 + COST_OF_A_REQUEST) / RATE, 800 + COST_OF_A_REQUEST]
            assert place.left == 500 + COST_OF_A_REQUEST
            assert (turns.wait(), shown()) == (0, 0)  # it reads what it got

    asyncio.run(ask())
    assert not turns._places


def test_who_fails_leaves(turns: Turns) -> None:
    with pytest.raises(KeyError), turns.enter(1_000):
        raise KeyError
    assert not turns._places
    assert REGISTRY.get_sample_value("sayso_waiting_characters") == 0


def test_a_wait_is_that_of_all_who_came_before(turns: Turns, clock: Clock) -> None:
    with waiting(turns, 800), waiting(turns, 1_800):
        clock.now += 60
        assert turns.wait() == pytest.approx(3)
        turns.throughput.rate = 2 * RATE
        assert turns.wait() == pytest.approx(1.5)


def test_a_short_text_does_not_wait_for_a_long_one_for_a_while(turns: Turns, clock: Clock) -> None:
    with waiting(turns, 2_000):
        patience = PATIENCE * 2_000 / RATE
        clock.now += patience - 0.1
        assert turns.wait() == 0
        assert turns.wait(2_000) == (2_000 + COST_OF_A_REQUEST) / RATE
        clock.now += 0.2
        assert turns.wait() == (2_000 + COST_OF_A_REQUEST) / RATE


def test_no_text_is_passed_for_longer_than_one_may_wait(turns: Turns, clock: Clock) -> None:
    with waiting(turns, 10**9):
        clock.now += turns.queue_seconds - 0.1
        assert turns.wait() == 0
        clock.now += 0.2
        assert turns.wait() > 0


def test_who_would_wait_too_long_is_told_when_to_ask_again(turns: Turns, clock: Clock) -> None:
    with waiting(turns, 30_000 - COST_OF_A_REQUEST):
        turns.require_room()
        clock.now += 11
        with pytest.raises(Refusal) as found:
            turns.require_room()
    assert (found.value.status_code, found.value.code) == (503, "overloaded")
    assert found.value.headers == {"retry-after": "25"}
    assert "25 seconds" in found.value.detail


def test_who_waits_just_as_long_as_one_may_is_let_in(turns: Turns, clock: Clock) -> None:
    with waiting(turns, 10_000 - COST_OF_A_REQUEST):
        clock.now += 11
        turns.require_room()
    with waiting(turns, 10_001 - COST_OF_A_REQUEST):
        clock.now += 11
        with pytest.raises(Refusal):
            turns.require_room()


def test_a_long_text_is_refused_where_a_short_one_may_pass(turns: Turns) -> None:
    with waiting(turns, 30_000):
        with turns.enter(10):
            pass
        with pytest.raises(Refusal), turns.enter(10_000):
            raise AssertionError
        assert len(turns._places) == 1


def test_where_nobody_may_wait_one_at_a_time_is_let_in(clock: Clock) -> None:
    turns = Turns(0, RATE)
    turns.require_room(10**9)
    with waiting(turns, 10), pytest.raises(Refusal) as found:
        turns.require_room()
    assert found.value.headers == {"retry-after": "1"}
    turns.require_room()


def test_a_server_that_stops_lets_nobody_in(turns: Turns) -> None:
    turns.stopping = True
    with pytest.raises(Refusal) as found, turns.enter(1):
        raise AssertionError
    assert (found.value.status_code, found.value.code) == (503, "stopping")
    assert int((found.value.headers or {})["retry-after"]) >= 1
    assert not turns._places


def test_a_step_gives_its_value_and_counts_its_wait(turns: Turns) -> None:
    async def take() -> None:
        record, scored = Record("id"), [sentence_of(30), sentence_of(5)]
        assert await turns.take(Place(0, 1), record, lambda: scored) == scored
        assert (record.sentences, record.characters) == (2, 35)
        assert set(record.watch.seconds) == {"queue"}

    asyncio.run(take())


def test_steps_are_taken_side_by_side(turns: Turns) -> None:
    async def take() -> None:
        async with Blocked(turns, LANES - 1):
            assert await asyncio.wait_for(queue(turns, 1, lambda: "done"), 60) == "done"

    asyncio.run(take())


def test_a_step_waits_while_no_lane_is_free(turns: Turns) -> None:
    async def take() -> None:
        async with Blocked(turns, LANES) as blocked:
            late = asyncio.create_task(queue(turns, 1, lambda: "late"))
            await settle()
            assert not late.done()
            blocked.go.set()
            assert await asyncio.wait_for(late, 60) == "late"

    asyncio.run(take())


def test_few_long_texts_stand_before_a_short_one(turns: Turns) -> None:
    turns.throughput.rate = 1e9  # nobody is refused

    async def take() -> None:
        many = LANES * LANE_CHARACTERS
        go = Event()
        long = [asyncio.create_task(queue(turns, many, lambda: go.wait(60))) for _ in range(LANES)]
        await settle()
        assert turns._free == 0
        assert sum(place.is_asking for place in turns._places) == LANES
        assert len(turns._line) == LANES - LANES // WIDEST
        go.set()
        await asyncio.wait_for(asyncio.gather(*long), 60)
        assert turns._free == LANES

    asyncio.run(take())


async def order_of(turns: Turns, clock: Clock, arrivals: dict[str, tuple[float, int]]) -> list[str]:
    """Names in the order of their turns; each comes at a time and has some characters."""
    order: list[str] = []
    begin = clock.now
    async with Blocked(turns, 1) as blocked:
        tasks = []
        for name, (at, characters) in arrivals.items():
            clock.now = begin + at
            step = partial(order.append, name)
            tasks.append(asyncio.create_task(queue(turns, characters, step)))
            await settle()
        blocked.go.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 60)
    return order


@pytest.mark.parametrize(
    ("arrivals", "order"),
    [
        ({"first": (0, 10), "second": (1, 10), "third": (2, 10)}, ["first", "second", "third"]),
        ({"long": (0, 3_000), "short": (1, 10)}, ["short", "long"]),
        ({"long": (0, 300), "short": (1, 10)}, ["long", "short"]),
        (
            {"long": (0, 3_000), "shorter": (1, 2_000), "short": (2, 10)},
            ["short", "shorter", "long"],
        ),
        (
            {"long": (0, 4_000), "before": (9.9, 10), "after": (10.1, 10)},
            ["before", "long", "after"],
        ),
        ({"long": (0, 4_000), "as long": (1, 4_000)}, ["long", "as long"]),
        ({"one": (0, 0), "another": (0, 0), "a third": (0, 0)}, ["one", "another", "a third"]),
    ],
    ids=["equals", "short", "patience", "three", "not for ever", "two long", "same time"],
)
def test_short_texts_pass_long_ones_but_not_for_ever(
    one_lane: Turns, clock: Clock, arrivals: dict[str, tuple[float, int]], order: list[str]
) -> None:
    assert asyncio.run(order_of(one_lane, clock, arrivals)) == order


def test_a_long_text_keeps_its_rank_from_step_to_step(one_lane: Turns, clock: Clock) -> None:
    """Else it would be passed anew after each of them, by all who have come since."""

    async def take() -> list[str]:
        order: list[str] = []
        async with Blocked(one_lane, 1) as blocked:
            with one_lane.enter(4_000) as place:

                async def steps() -> None:
                    for _ in range(3):
                        await one_lane.take(place, Record("id"), lambda: order.append("long") or ())

                long = asyncio.create_task(steps())
                await settle()
                clock.now += one_lane.queue_seconds + 1
                others = [
                    asyncio.create_task(queue(one_lane, 1, partial(order.append, name)))
                    for name in "abc"
                ]
                await settle()
                blocked.go.set()
                await asyncio.wait_for(asyncio.gather(long, *others), 60)
        return order

    # While the long text asks for its next turn, the lane is with whoever waits already.
    assert asyncio.run(take()) == ["long", "a", "long", "b", "long", "c"]


def test_a_short_text_is_done_between_the_steps_of_a_long_one(
    one_lane: Turns, clock: Clock
) -> None:
    async def take() -> list[str]:
        order: list[str] = []
        go, begun = Event(), Event()

        def step(first: int) -> None:
            order.append(f"long {first}")
            begun.set()
            assert go.wait(60)

        async def score(characters: int, builder: ReportBuilder) -> None:
            with one_lane.enter(characters) as place:
                await score_whole(one_lane, place, Record("id"), lambda: builder)

        long = asyncio.create_task(score(16 * STEP, builder_of(4 * STEP, step)))
        await asyncio.to_thread(begun.wait, 60)
        short = builder_of(1, lambda _: order.append("short"))
        shorter = asyncio.create_task(score(4, short))
        await settle()
        go.set()
        await asyncio.wait_for(asyncio.gather(long, shorter), 60)
        return order

    order = asyncio.run(take())
    assert order.index("short") == 1
    assert order[-1] == f"long {3 * STEP}"


def test_a_step_that_fails_frees_its_lane(turns: Turns) -> None:
    def fail() -> None:
        raise KeyError("x")

    async def take() -> None:
        for _ in range(LANES + 1):
            with pytest.raises(KeyError):
                await asyncio.wait_for(queue(turns, 1, fail), 60)
        assert turns._free == LANES

    asyncio.run(take())


def test_an_abandoned_step_keeps_its_lane_until_its_thread_is_done(turns: Turns) -> None:
    async def abandon() -> None:
        async with Blocked(turns, LANES) as blocked:
            for task in blocked.tasks:
                task.cancel()
            await asyncio.wait(blocked.tasks)
            assert all(task.cancelled() for task in blocked.tasks)
            late = asyncio.create_task(queue(turns, 1, lambda: "late"))
            await settle()
            assert not late.done()
            assert turns._free == 0
            blocked.go.set()
            assert await asyncio.wait_for(late, 60) == "late"
        assert turns._free == LANES

    asyncio.run(abandon())


def test_an_abandoned_step_that_fails_is_no_surprise(turns: Turns) -> None:
    """An error that nobody fetches would be logged by asyncio, with its message."""

    async def abandon() -> list[dict[str, Any]]:
        surprises: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: surprises.append(told))
        go = Event()

        def fail() -> None:
            go.wait(60)
            raise KeyError("x")

        task = asyncio.create_task(queue(turns, 1, fail))
        await settle()
        task.cancel()
        await asyncio.wait([task])
        go.set()
        while turns._free < LANES:
            await asyncio.sleep(0.001)
        await settle()
        return surprises

    assert asyncio.run(abandon()) == []


def test_who_gives_up_while_waiting_loses_no_lane(one_lane: Turns) -> None:
    async def give_up() -> None:
        async with Blocked(one_lane, 1) as blocked:
            first, second, third = (
                asyncio.create_task(queue(one_lane, 1, partial(str, name)))
                for name in ("first", "second", "third")
            )
            await settle()
            first.cancel()
            third.cancel()
            await asyncio.wait([first, third])
            blocked.go.set()
            assert await asyncio.wait_for(second, 60) == "second"
        assert one_lane._free == 1
        assert await asyncio.wait_for(queue(one_lane, 1, lambda: "later"), 60) == "later"

    asyncio.run(give_up())


def test_who_gives_up_when_just_given_a_lane_hands_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlucky: list[asyncio.Task[Any]] = []

    class Hasty(Turns):
        def _leave(self, lanes: int) -> None:
            super()._leave(lanes)
            if unlucky:
                unlucky.pop().cancel()

    async def give_up() -> None:
        turns = Hasty(10, RATE)
        async with Blocked(turns, 1) as blocked:
            first = asyncio.create_task(queue(turns, 1, lambda: "first"))
            await settle()
            second = asyncio.create_task(queue(turns, 1, lambda: "second"))
            await settle()
            unlucky.append(first)
            blocked.go.set()
            assert await asyncio.wait_for(second, 60) == "second"
            assert first.cancelled()
        assert turns._free == 1

    monkeypatch.setattr(turns_module, "LANES", 1)
    asyncio.run(give_up())


def test_a_text_is_scored_in_steps(turns: Turns) -> None:
    async def score() -> None:
        record, count, news = Record("id"), STEP + 10, list[int]()
        with turns.enter(4 * count) as place:
            async for builder, sentences in score_in_turns(  # noqa: B007
                turns, place, record, lambda: builder_of(count), first_steps=(4, 16)
            ):
                news.append(len(sentences))
            assert news == [4, 16, count - 20]
            assert builder.is_done
            assert [one.index for one in builder.report().sentences] == list(range(count))
            assert (record.documents, record.sentences) == (1, count)
            assert record.characters == 4 * count
            assert place.left == COST_OF_A_REQUEST

    asyncio.run(score())


def test_no_step_is_longer_than_a_step(turns: Turns) -> None:
    starts: list[int] = []

    async def score() -> None:
        with turns.enter(1) as place:
            builder = await score_whole(
                turns, place, Record("id"), lambda: builder_of(3 * STEP + 1, starts.append)
            )
        assert builder.is_done

    asyncio.run(score())
    assert starts == [0, STEP, 2 * STEP, 3 * STEP]


def test_a_text_without_sentences_is_done_at_once(turns: Turns) -> None:
    async def score() -> None:
        with turns.enter(0) as place:
            steps = score_in_turns(turns, place, Record("id"), lambda: builder_of(0))
            assert [len(new) async for _, new in steps] == [0]
            assert (await score_whole(turns, place, Record("id"), lambda: builder_of(0))).is_done

    asyncio.run(score())


def test_what_cannot_be_begun_raises_its_error(turns: Turns) -> None:
    def fail() -> Any:
        raise KeyError("x")

    async def score() -> None:
        record = Record("id")
        with pytest.raises(KeyError), turns.enter(0) as place:
            await score_whole(turns, place, record, fail)
        assert record.documents == 0

    asyncio.run(score())


def test_a_text_that_was_let_in_is_finished_while_the_server_stops(turns: Turns) -> None:
    async def score() -> None:
        with turns.enter(8) as place:
            async for builder, _ in score_in_turns(  # noqa: B007
                turns, place, Record("id"), lambda: builder_of(2), first_steps=(1,)
            ):
                turns.stopping = True
        assert builder.is_done

    asyncio.run(score())
