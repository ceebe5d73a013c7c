"""The scheduler: order, refusals, and steps whose callers have gone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from threading import Event
from typing import Any, Self

import pytest

from sayso.engine.report import Sentence
from sayso.engine.report_builder import ReportBuilder
from sayso.server import scheduler as scheduler_module
from sayso.server.errors import as_refusal
from sayso.server.request_context import RequestContext
from sayso.server.scheduler import (
    CHARACTERS_PER_SLOT,
    LENGTH_PENALTY,
    MAX_SLOTS,
    REQUEST_COST,
    SLOTS,
    STEP_SENTENCES,
    Overloaded,
    Scheduler,
    Stopping,
    Throughput,
    Ticket,
    score_in_steps,
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
    monkeypatch.setattr(scheduler_module, "monotonic", clock)
    return clock


@pytest.fixture
def load() -> list[int]:
    """The waiting characters that the scheduler reported, one report after the other."""
    return []


@pytest.fixture
def scheduler(clock: Clock, load: list[int]) -> Iterator[Scheduler]:
    scheduler = Scheduler(10, RATE, lambda characters, _: load.append(characters))
    yield scheduler
    scheduler.threads.shutdown()


@pytest.fixture
def one_slot(clock: Clock) -> Iterator[Scheduler]:
    """Steps run one after the other, so that their order can be seen."""
    scheduler = Scheduler(10, RATE, slots=1)
    yield scheduler
    scheduler.threads.shutdown()


def waiting(scheduler: Scheduler, characters: int) -> ExitStack:
    """Somebody who asks for a turn and does not get it."""
    stack = ExitStack()
    stack.enter_context(scheduler.admit(characters)).is_asking = True
    return stack


async def queue(scheduler: Scheduler, characters: int, step: Callable[[], object]) -> Any:
    """What a step gives back, which scores nothing."""
    values: list[object] = []

    def keep() -> tuple[()]:
        values.append(step())
        return ()

    with scheduler.admit(characters) as ticket:
        await scheduler.run_step(ticket, RequestContext("id"), keep)
    return values[0]


def sentence_of(characters: int) -> Sentence:
    return Sentence(0, 0, characters, "x" * characters, {})


async def settle() -> None:
    """Let every task come to where it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


class Blocked:
    """Steps that run_step all slots until they may go on."""

    def __init__(self, scheduler: Scheduler, slots: int) -> None:
        self.scheduler = scheduler
        self.go = Event()
        self.tasks = [
            asyncio.create_task(queue(scheduler, 0, lambda: self.go.wait(60))) for _ in range(slots)
        ]

    async def __aenter__(self) -> Self:
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.go.set()
        await asyncio.wait_for(asyncio.gather(*self.tasks, return_exceptions=True), 60)
        await asyncio.wait_for(self.free(), 60)

    async def free(self) -> None:
        while self.scheduler.free_slots < self.scheduler.slots:
            await asyncio.sleep(0.001)


def test_throughput_is_an_estimate_until_a_second_was_busy() -> None:
    throughput = Throughput(10_000)
    throughput.begin(10.0)
    throughput.end(10.9, 50_000)
    assert throughput.rate == 10_000


def test_throughput_moves_towards_the_measurements() -> None:
    throughput = Throughput(10_000)
    throughput.begin(10.0)
    throughput.end(12.0, 40_000)
    assert throughput.rate == pytest.approx(13_000)


def test_work_is_measured_once() -> None:
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


def test_a_step_is_measured_while_it_runs(scheduler: Scheduler, clock: Clock) -> None:
    def step() -> list[Sentence]:
        clock.now += 2
        return [sentence_of(4_000)]

    asyncio.run(scheduler.run_step(Ticket(0, 4_000), RequestContext("id"), step))
    assert scheduler.throughput.rate == pytest.approx(RATE + Throughput.SMOOTHING * (2_000 - RATE))


def test_a_request_counts_until_it_leaves(
    scheduler: Scheduler, load: list[int], clock: Clock
) -> None:
    async def ask() -> None:
        with scheduler.admit(800) as ticket:
            clock.now += 60
            assert scheduler.wait() == 0  # it has not asked for a turn yet
            during: list[float] = []

            def step() -> list[Sentence]:
                during.extend([scheduler.wait(), load[-1]])
                return [sentence_of(300)]

            await scheduler.run_step(ticket, RequestContext("id"), step)
            assert during == [(800 + REQUEST_COST) / RATE, 800 + REQUEST_COST]
            assert ticket.left == 500 + REQUEST_COST
            assert (scheduler.wait(), load[-1]) == (0, 0)  # it reads what it got

    asyncio.run(ask())
    assert len(scheduler.tickets) == 0


def test_a_failed_request_leaves(scheduler: Scheduler, load: list[int]) -> None:
    with pytest.raises(KeyError), scheduler.admit(1_000):
        raise KeyError
    assert len(scheduler.tickets) == 0
    assert load[-1] == 0


def test_the_wait_is_that_of_all_earlier_requests(scheduler: Scheduler, clock: Clock) -> None:
    with waiting(scheduler, 800), waiting(scheduler, 1_800):
        clock.now += 60
        assert scheduler.wait() == pytest.approx(3)
        scheduler.throughput.rate = 2 * RATE
        assert scheduler.wait() == pytest.approx(1.5)


def test_a_short_text_passes_a_long_one_for_a_while(scheduler: Scheduler, clock: Clock) -> None:
    with waiting(scheduler, 2_000):
        patience = LENGTH_PENALTY * 2_000 / RATE
        clock.now += patience - 0.1
        assert scheduler.wait() == 0
        assert scheduler.wait(2_000) == (2_000 + REQUEST_COST) / RATE
        clock.now += 0.2
        assert scheduler.wait() == (2_000 + REQUEST_COST) / RATE


def test_no_text_is_overtaken_beyond_the_longest_wait(scheduler: Scheduler, clock: Clock) -> None:
    with waiting(scheduler, 10**9):
        clock.now += scheduler.queue_seconds - 0.1
        assert scheduler.wait() == 0
        clock.now += 0.2
        assert scheduler.wait() > 0


def test_a_long_wait_is_refused_with_the_time_to_retry_after(
    scheduler: Scheduler, clock: Clock
) -> None:
    with waiting(scheduler, 30_000 - REQUEST_COST):
        scheduler.require_capacity()
        clock.now += 11
        with pytest.raises(Overloaded) as found:
            scheduler.require_capacity()
        refusal = as_refusal(found.value)
    assert (refusal.status_code, refusal.code) == (503, "overloaded")
    assert refusal.headers == {"retry-after": "25"}
    assert "25 seconds" in refusal.detail


def test_the_longest_allowed_wait_is_admitted(scheduler: Scheduler, clock: Clock) -> None:
    with waiting(scheduler, 10_000 - REQUEST_COST):
        clock.now += 11
        scheduler.require_capacity()
    with waiting(scheduler, 10_001 - REQUEST_COST):
        clock.now += 11
        with pytest.raises(Overloaded):
            scheduler.require_capacity()


def test_a_long_text_is_refused_when_a_short_one_is_admitted(scheduler: Scheduler) -> None:
    with waiting(scheduler, 30_000):
        with scheduler.admit(10):
            pass
        with pytest.raises(Overloaded), scheduler.admit(10_000):
            raise AssertionError
        assert len(scheduler.tickets) == 1


def test_without_waiting_one_request_is_admitted_at_a_time(clock: Clock) -> None:
    scheduler = Scheduler(0, RATE)
    scheduler.require_capacity(10**9)
    with waiting(scheduler, 10), pytest.raises(Overloaded) as found:
        scheduler.require_capacity()
    assert found.value.retry_after == 1
    scheduler.require_capacity()


def test_a_stopping_server_admits_nothing(scheduler: Scheduler) -> None:
    scheduler.stopping = True
    with pytest.raises(Stopping) as found, scheduler.admit(1):
        raise AssertionError
    refusal = as_refusal(found.value)
    assert (refusal.status_code, refusal.code) == (503, "stopping")
    assert int((refusal.headers or {})["retry-after"]) >= 1
    assert len(scheduler.tickets) == 0


def test_a_step_gives_its_value_and_counts_its_wait(scheduler: Scheduler) -> None:
    async def run_step() -> None:
        record, scored = RequestContext("id"), [sentence_of(30), sentence_of(5)]
        assert await scheduler.run_step(Ticket(0, 1), record, lambda: scored) == scored
        assert (record.sentences, record.characters) == (2, 35)
        assert set(record.stopwatch.seconds) == {"queue"}

    asyncio.run(run_step())


def test_steps_run_at_the_same_time(scheduler: Scheduler) -> None:
    async def run_step() -> None:
        async with Blocked(scheduler, SLOTS - 1):
            assert await asyncio.wait_for(queue(scheduler, 1, lambda: "done"), 60) == "done"

    asyncio.run(run_step())


def test_a_step_waits_while_no_slot_is_free(scheduler: Scheduler) -> None:
    async def run_step() -> None:
        async with Blocked(scheduler, SLOTS) as blocked:
            late = asyncio.create_task(queue(scheduler, 1, lambda: "late"))
            await settle()
            assert not late.done()
            blocked.go.set()
            assert await asyncio.wait_for(late, 60) == "late"

    asyncio.run(run_step())


def test_few_long_texts_run_at_the_same_time(scheduler: Scheduler) -> None:
    scheduler.throughput.rate = 1e9  # nobody is refused

    async def run_step() -> None:
        many = SLOTS * CHARACTERS_PER_SLOT
        go = Event()
        long = [
            asyncio.create_task(queue(scheduler, many, lambda: go.wait(60))) for _ in range(SLOTS)
        ]
        await settle()
        assert scheduler.free_slots == 0
        assert len(scheduler.waiting) == SLOTS - SLOTS // MAX_SLOTS
        go.set()
        await asyncio.wait_for(asyncio.gather(*long), 60)
        assert scheduler.free_slots == SLOTS

    asyncio.run(run_step())


async def order_of(
    scheduler: Scheduler, clock: Clock, arrivals: dict[str, tuple[float, int]]
) -> list[str]:
    """Names in the order of their scheduler; each comes at a time and has some characters."""
    order: list[str] = []
    begin = clock.now
    async with Blocked(scheduler, 1) as blocked:
        tasks = []
        for name, (at, characters) in arrivals.items():
            clock.now = begin + at
            step = partial(order.append, name)
            tasks.append(asyncio.create_task(queue(scheduler, characters, step)))
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
def test_short_texts_pass_long_ones_for_a_limited_time(
    one_slot: Scheduler, clock: Clock, arrivals: dict[str, tuple[float, int]], order: list[str]
) -> None:
    assert asyncio.run(order_of(one_slot, clock, arrivals)) == order


def test_a_long_text_keeps_its_rank_from_step_to_step(one_slot: Scheduler, clock: Clock) -> None:
    """Else it would be passed anew after each of them, by all who have come since."""

    async def run_step() -> list[str]:
        order: list[str] = []
        async with Blocked(one_slot, 1) as blocked:
            with one_slot.admit(4_000) as ticket:

                def note() -> tuple[()]:
                    order.append("long")
                    return ()

                async def steps() -> None:
                    for _ in range(3):
                        await one_slot.run_step(ticket, RequestContext("id"), note)

                long = asyncio.create_task(steps())
                await settle()
                clock.now += one_slot.queue_seconds + 1
                others = [
                    asyncio.create_task(queue(one_slot, 1, partial(order.append, name)))
                    for name in "abc"
                ]
                await settle()
                blocked.go.set()
                await asyncio.wait_for(asyncio.gather(long, *others), 60)
        return order

    # While the long text queues for its next step, a waiting request has the slot.
    assert asyncio.run(run_step()) == ["long", "a", "long", "b", "long", "c"]


def test_a_short_text_is_done_between_the_steps_of_a_long_one(
    one_slot: Scheduler, clock: Clock
) -> None:
    async def run_step() -> list[str]:
        order: list[str] = []
        go, begun = Event(), Event()

        def step(first: int) -> None:
            order.append(f"long {first}")
            begun.set()
            assert go.wait(60)

        async def score(characters: int, builder: ReportBuilder) -> None:
            with one_slot.admit(characters) as ticket:
                await score_whole(one_slot, ticket, RequestContext("id"), lambda: builder)

        long = asyncio.create_task(score(16 * STEP_SENTENCES, builder_of(4 * STEP_SENTENCES, step)))
        await asyncio.to_thread(begun.wait, 60)
        short = builder_of(1, lambda _: order.append("short"))
        shorter = asyncio.create_task(score(4, short))
        await settle()
        go.set()
        await asyncio.wait_for(asyncio.gather(long, shorter), 60)
        return order

    order = asyncio.run(run_step())
    assert order.index("short") == 1
    assert order[-1] == f"long {3 * STEP_SENTENCES}"


def test_a_failed_step_frees_its_slot(scheduler: Scheduler) -> None:
    def fail() -> None:
        raise KeyError("x")

    async def run_step() -> None:
        for _ in range(SLOTS + 1):
            with pytest.raises(KeyError):
                await asyncio.wait_for(queue(scheduler, 1, fail), 60)
        assert scheduler.free_slots == SLOTS

    asyncio.run(run_step())


def test_an_abandoned_step_keeps_its_slot_until_its_thread_ends(scheduler: Scheduler) -> None:
    async def abandon() -> None:
        async with Blocked(scheduler, SLOTS) as blocked:
            for task in blocked.tasks:
                task.cancel()
            await asyncio.wait(blocked.tasks)
            assert all(task.cancelled() for task in blocked.tasks)
            late = asyncio.create_task(queue(scheduler, 1, lambda: "late"))
            await settle()
            assert not late.done()
            assert scheduler.free_slots == 0
            blocked.go.set()
            assert await asyncio.wait_for(late, 60) == "late"
        assert scheduler.free_slots == SLOTS

    asyncio.run(abandon())


def test_an_abandoned_step_may_fail(scheduler: Scheduler) -> None:
    """An error that nobody fetches would be logged by asyncio, with its message."""

    async def abandon() -> list[dict[str, Any]]:
        surprises: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, error: surprises.append(error))
        go = Event()

        def fail() -> None:
            go.wait(60)
            raise KeyError("x")

        task = asyncio.create_task(queue(scheduler, 1, fail))
        await settle()
        task.cancel()
        await asyncio.wait([task])
        go.set()
        async with asyncio.timeout(60):
            while scheduler.free_slots < SLOTS:
                await asyncio.sleep(0.001)
        await settle()
        return surprises

    assert asyncio.run(abandon()) == []


def test_a_request_cancelled_while_waiting_loses_no_slot(one_slot: Scheduler) -> None:
    async def give_up() -> None:
        async with Blocked(one_slot, 1) as blocked:
            first, second, third = (
                asyncio.create_task(queue(one_slot, 1, partial(str, name)))
                for name in ("first", "second", "third")
            )
            await settle()
            first.cancel()
            third.cancel()
            await asyncio.wait([first, third])
            blocked.go.set()
            assert await asyncio.wait_for(second, 60) == "second"
        assert one_slot.free_slots == 1
        assert await asyncio.wait_for(queue(one_slot, 1, lambda: "later"), 60) == "later"

    asyncio.run(give_up())


def test_a_request_cancelled_when_granted_a_slot_hands_it_on() -> None:
    unlucky: list[asyncio.Task[Any]] = []

    class Hasty(Scheduler):
        def _release(self, slots: int) -> None:
            super()._release(slots)
            if unlucky:
                unlucky.pop().cancel()

    async def give_up() -> None:
        scheduler = Hasty(10, RATE, slots=1)
        async with Blocked(scheduler, 1) as blocked:
            first = asyncio.create_task(queue(scheduler, 1, lambda: "first"))
            await settle()
            second = asyncio.create_task(queue(scheduler, 1, lambda: "second"))
            await settle()
            unlucky.append(first)
            blocked.go.set()
            assert await asyncio.wait_for(second, 60) == "second"
            assert first.cancelled()
        assert scheduler.free_slots == 1

    asyncio.run(give_up())


def test_a_text_is_scored_in_steps(scheduler: Scheduler) -> None:
    async def score() -> None:
        record, count, news = RequestContext("id"), STEP_SENTENCES + 10, list[int]()
        with scheduler.admit(4 * count) as ticket:
            async for builder, sentences in score_in_steps(  # noqa: B007
                scheduler, ticket, record, lambda: builder_of(count), first_steps=(4, 16)
            ):
                news.append(len(sentences))
            assert news == [4, 16, count - 20]
            assert builder.is_done
            assert [one.index for one in builder.report().sentences] == list(range(count))
            assert (record.documents, record.sentences) == (1, count)
            assert record.characters == 4 * count
            assert ticket.left == REQUEST_COST

    asyncio.run(score())


def test_no_step_is_longer_than_a_step(scheduler: Scheduler) -> None:
    starts: list[int] = []

    async def score() -> None:
        with scheduler.admit(1) as ticket:
            builder = await score_whole(
                scheduler,
                ticket,
                RequestContext("id"),
                lambda: builder_of(3 * STEP_SENTENCES + 1, starts.append),
            )
        assert builder.is_done

    asyncio.run(score())
    assert starts == [0, STEP_SENTENCES, 2 * STEP_SENTENCES, 3 * STEP_SENTENCES]


def test_a_text_without_sentences_is_done_at_once(scheduler: Scheduler) -> None:
    async def score() -> None:
        with scheduler.admit(0) as ticket:
            steps = score_in_steps(scheduler, ticket, RequestContext("id"), lambda: builder_of(0))
            assert [len(new) async for _, new in steps] == [0]
            assert (
                await score_whole(scheduler, ticket, RequestContext("id"), lambda: builder_of(0))
            ).is_done

    asyncio.run(score())


def test_a_step_that_cannot_start_raises_its_error(scheduler: Scheduler) -> None:
    def fail() -> Any:
        raise KeyError("x")

    async def score() -> None:
        record = RequestContext("id")
        with pytest.raises(KeyError), scheduler.admit(0) as ticket:
            await score_whole(scheduler, ticket, record, fail)
        assert record.documents == 0

    asyncio.run(score())


def test_an_admitted_text_is_finished_while_the_server_stops(scheduler: Scheduler) -> None:
    async def score() -> None:
        with scheduler.admit(8) as ticket:
            async for builder, _ in score_in_steps(  # noqa: B007
                scheduler, ticket, RequestContext("id"), lambda: builder_of(2), first_steps=(1,)
            ):
                scheduler.stopping = True
        assert builder.is_done

    asyncio.run(score())
