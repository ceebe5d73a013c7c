"""Schedules scoring: the order of requests, and which of them would wait too long.

Knows nothing of HTTP or of metrics.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import ceil
from time import monotonic
from typing import cast

from sayso.engine.options import Options
from sayso.engine.report import Report, Sentence
from sayso.engine.report_builder import ReportBuilder
from sayso.engine.scorer import Scorer
from sayso.server.request_context import RequestContext

Step = Callable[[], Sequence[Sentence]]
"""Scores some sentences and gives them back."""

SLOTS = 16
"""Steps that run at the same time: enough that many short texts share batches, few enough that
memory stays small."""
MAX_SLOTS = 4
"""Slots that a step of a long text takes, so that few such steps run before a short text's."""
CHARACTERS_PER_SLOT = 4_000
"""Characters of a step for each slot that it takes."""
STEP_SENTENCES = 128
"""Sentences in a step: about half a second on two cores."""
REQUEST_COST = 200
"""The fixed cost of a request, in characters."""
LENGTH_PENALTY = 3.0
"""A text's rank grows by this many times its own scoring time: it lets shorter texts that arrive
within that time go first."""


@dataclass(eq=False, slots=True)
class Ticket:
    """A request in the queue; the lowest rank goes first."""

    rank: float
    left: int
    """Characters not yet scored."""
    is_asking: bool = False
    """Whether it waits for a step or runs one. A stream with a slow reader pauses."""


class Stopping(Exception):
    """Nothing new is admitted, because the server stops."""


class Overloaded(Exception):
    """A request would wait too long; it may come again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} seconds")
        self.retry_after = retry_after


class Throughput:
    """Characters scored per busy second, as a moving average."""

    MEASURING_SECONDS = 1.0
    SMOOTHING = 0.3

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._running = 0
        self._since = self._busy = self._done = 0.0

    def begin(self, now: float) -> None:
        """A step begins."""
        self._count_up_to(now)
        self._running += 1

    def end(self, now: float, characters: int) -> None:
        """A step of some characters has ended."""
        self._count_up_to(now)
        self._running -= 1
        self._done += characters
        if self._busy >= self.MEASURING_SECONDS:
            self.rate += self.SMOOTHING * (self._done / self._busy - self.rate)
            self._busy = self._done = 0.0

    def _count_up_to(self, now: float) -> None:
        if self._running:
            self._busy += now - self._since
        self._since = now


class Scheduler:
    """Runs steps of scoring in threads, the lowest rank first.

    A text is many steps. Its rank is its time of arrival, plus a penalty for its length: short
    texts overtake long ones between steps, and long ones still finish.

    Args:
        queue_seconds: a request that would wait longer for its first step is not admitted.
        rate: a first guess of the characters scored per second.
        on_change: called with the characters that wait, and the seconds that a text would wait.
        slots: how many steps of short texts run at the same time.
    """

    def __init__(
        self,
        queue_seconds: float,
        rate: float,
        on_change: Callable[[int, float], object] = lambda characters, seconds: None,
        *,
        slots: int = SLOTS,
    ) -> None:
        self.queue_seconds = queue_seconds
        self.throughput = Throughput(rate)
        self.stopping = False
        self.tickets: set[Ticket] = set()
        self.slots = slots
        self.free_slots = slots
        self._on_change = on_change
        self.waiting: list[tuple[float, int, int, asyncio.Future[None]]] = []
        """A heap of rank, order of arrival, slots needed, and the future that grants them."""
        self._arrivals = count()
        self.threads = ThreadPoolExecutor(slots, thread_name_prefix="score")

    def wait(self, characters: int = 0) -> float:
        """Seconds until a text of this length that arrived now would run its first step."""
        rank = self._rank(characters)
        asking = (ticket for ticket in self.tickets if ticket.is_asking)
        ahead = sum(ticket.left for ticket in asking if ticket.rank <= rank)
        return ahead / self.throughput.rate

    def require_capacity(self, characters: int = 0) -> None:
        """Check that a text of this length could run its first step in time.

        Raises:
            Stopping: if the server stops.
            Overloaded: if it would wait longer than `queue_seconds`.
        """
        if self.stopping:
            raise Stopping
        wait = self.wait(characters)
        if wait > self.queue_seconds:
            raise Overloaded(ceil(wait - self.queue_seconds / 2))

    @contextmanager
    def admit(self, characters: int) -> Iterator[Ticket]:
        """A ticket for a request of one text or several.

        Raises:
            Stopping, Overloaded: as `require_capacity` does.
        """
        self.require_capacity(characters)
        ticket = Ticket(self._rank(characters), characters + REQUEST_COST)
        self.tickets.add(ticket)
        try:
            yield ticket
        finally:
            self.tickets.discard(ticket)
            self._changed()

    async def run_step(
        self, ticket: Ticket, context: RequestContext, step: Step
    ) -> Sequence[Sentence]:
        """Run a step once it has its slots. A step whose caller is cancelled runs to its end in its
        thread, and releases its slots only then.
        """
        ticket.is_asking = True
        self._changed()
        with context.stopwatch.measure("queue"):
            slots = await self._acquire(ticket)
        self.throughput.begin(monotonic())
        future = asyncio.get_running_loop().run_in_executor(self.threads, step)

        def free(done: asyncio.Future[Sequence[Sentence]]) -> None:
            # Retrieves the error too: the caller may have gone.
            scored = () if done.cancelled() or done.exception() else done.result()
            characters = sum(len(sentence.text) for sentence in scored)
            self.throughput.end(monotonic(), characters)
            ticket.left -= characters
            ticket.is_asking = False
            self._release(slots)
            self._changed()

        future.add_done_callback(free)
        sentences = await asyncio.shield(future)
        context.sentences += len(sentences)
        context.characters += sum(len(sentence.text) for sentence in sentences)
        return sentences

    async def _acquire(self, ticket: Ticket) -> int:
        """Wait for the slots that the next step needs; their number."""
        slots = min(self.slots, MAX_SLOTS, 1 + ticket.left // CHARACTERS_PER_SLOT)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self.waiting, (ticket.rank, next(self._arrivals), slots, granted))
        self._release(0)
        try:
            await granted
        except asyncio.CancelledError:
            if not granted.cancelled():  # its slots came at the same moment
                self._release(slots)
            raise
        return slots

    def _release(self, slots: int) -> None:
        """Free slots, and grant them to waiting steps in the order of their ranks."""
        self.free_slots += slots
        while self.waiting:
            _, _, wanted, granted = self.waiting[0]
            if not granted.done():
                if wanted > self.free_slots:
                    return
                self.free_slots -= wanted
                granted.set_result(None)
            heappop(self.waiting)

    def _rank(self, characters: int) -> float:
        patience = LENGTH_PENALTY * characters / self.throughput.rate
        return monotonic() + min(patience, self.queue_seconds)

    def _changed(self) -> None:
        waiting = sum(ticket.left for ticket in self.tickets if ticket.is_asking)
        self._on_change(waiting, self.wait())


async def score_in_steps(
    scheduler: Scheduler,
    ticket: Ticket,
    context: RequestContext,
    begin: Callable[[], ReportBuilder],
    first_steps: Sequence[int] = (),
) -> AsyncGenerator[tuple[ReportBuilder, Sequence[Sentence]]]:
    """Score a text in steps, at least one: after each the report so far and its new sentences."""
    builder, sizes = None, iter(first_steps)

    def step() -> Sequence[Sentence]:
        nonlocal builder
        builder = builder or begin()
        return builder.step(next(sizes, STEP_SENTENCES))

    while builder is None or not builder.is_done:
        sentences = await scheduler.run_step(ticket, context, step)
        builder = cast(ReportBuilder, builder)
        context.documents += builder.is_done
        yield builder, sentences


async def score_whole(
    scheduler: Scheduler,
    ticket: Ticket,
    context: RequestContext,
    begin: Callable[[], ReportBuilder],
) -> ReportBuilder:
    """Score a text to its end."""
    *_, (builder, _) = [step async for step in score_in_steps(scheduler, ticket, context, begin)]
    return builder


async def score_text(
    scheduler: Scheduler, context: RequestContext, scorer: Scorer, text: str, options: Options
) -> Report:
    """Admit a text and score it to its end."""
    with scheduler.admit(len(text)) as ticket:
        begin = partial(scorer.begin, text, options, context.stopwatch)
        builder = await score_whole(scheduler, ticket, context, begin)
    return builder.report()
