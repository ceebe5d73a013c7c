"""Scoring for callers who wait: whose turn it is, and who would wait too long."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import ceil
from time import monotonic
from typing import cast

from sayso.engine.report import Sentence
from sayso.engine.report_builder import Draft
from sayso.server import metrics
from sayso.server.errors import Refusal
from sayso.server.request_context import RequestContext

Step = Callable[[], Sequence[Sentence]]
"""Scores some sentences and gives them back."""

SLOTS = 16
"""Steps that are taken side by side: enough that many short texts are read together, few enough
that memory stays small."""
MAX_SLOTS = 4
"""Lanes that a long text's step takes up, so that few of them stand before a short text's."""
CHARACTERS_PER_SLOT = 4_000
"""Characters of a step for each lane that it takes up."""
STEP_SENTENCES = 128
"""Sentences of a step: about half a second of two cores."""
REQUEST_COST = 200
"""Characters that all the rest of a request is worth."""
LENGTH_PENALTY = 3.0
"""A text lets pass whoever comes within this many times the time that it takes itself."""


@dataclass(eq=False, slots=True)
class Ticket:
    """A request in the queue: the lower its rank, the sooner its scheduler."""

    rank: float
    left: int
    """Characters that are not yet scored."""
    is_asking: bool = False
    """It waits for a turn or has one. A stream whose reader is slow does not, for a while."""


class Throughput:
    """Characters scored in a busy second, measured while it happens."""

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


def stopping() -> Refusal:
    """Why nothing new is taken up."""
    return Refusal(
        503, "stopping", "the server is stopping; ask again", headers={"retry-after": "5"}
    )


class Scheduler:
    """Takes steps of scoring in threads. A text is many steps, and between them it lets pass who
    has the lower rank: the time of arrival, and for a long text a little more. So short texts pass
    long ones, and long ones still come to their end.

    Args:
        queue_seconds: a request that would have to wait longer for its turn is not let in.
        rate: characters that a second scores, as a first guess.
    """

    def __init__(self, queue_seconds: float, rate: float) -> None:
        self.queue_seconds = queue_seconds
        self.throughput = Throughput(rate)
        self.stopping = False
        self._tickets: set[Ticket] = set()
        self._free = SLOTS
        self._waiting: list[tuple[float, int, int, asyncio.Future[None]]] = []
        """Who waits: rank, number, slots that are wanted, and what is told them."""
        self._arrivals = count()
        self._threads = ThreadPoolExecutor(SLOTS, thread_name_prefix="score")

    def wait(self, characters: int = 0) -> float:
        """Seconds until a text of some length that came now would have its first turn."""
        rank = self._rank(characters)
        asking = (ticket for ticket in self._tickets if ticket.is_asking)
        ahead = sum(ticket.left for ticket in asking if ticket.rank <= rank)
        return ahead / self.throughput.rate

    def require_capacity(self, characters: int = 0) -> None:
        """Let pass whoever would not have to wait too long.

        Raises:
            Refusal: 503, with the time after which to ask again.
        """
        if self.stopping:
            raise stopping()
        wait = self.wait(characters)
        if wait > self.queue_seconds:
            after = ceil(wait - self.queue_seconds / 2)
            raise Refusal(
                503,
                "overloaded",
                f"too much is waiting to be scored; ask again in {after} seconds",
                headers={"retry-after": str(after)},
            )

    @contextmanager
    def admit(self, characters: int) -> Iterator[Ticket]:
        """A ticket for a request, which may be several texts.

        Raises:
            Refusal: 503, there is too much to do.
        """
        self.require_capacity(characters)
        ticket = Ticket(self._rank(characters), characters + REQUEST_COST)
        self._tickets.add(ticket)
        try:
            yield ticket
        finally:
            self._tickets.discard(ticket)
            self._update_metrics()

    async def run_step(
        self, ticket: Ticket, context: RequestContext, step: Step
    ) -> Sequence[Sentence]:
        """Take a step when its turn comes. One that nobody waits for any more still ends in its
        thread, and frees its lane only then.
        """
        ticket.is_asking = True
        self._update_metrics()
        with context.watch.part("queue"):
            slots = await self._acquire(ticket)
        self.throughput.begin(monotonic())
        future = asyncio.get_running_loop().run_in_executor(self._threads, step)

        def free(done: asyncio.Future[Sequence[Sentence]]) -> None:
            # Asked for its error too, as nobody may be there any more to be told.
            scored = () if done.cancelled() or done.exception() else done.result()
            characters = sum(len(sentence.text) for sentence in scored)
            self.throughput.end(monotonic(), characters)
            ticket.left -= characters
            ticket.is_asking = False
            self._release(slots)
            self._update_metrics()

        future.add_done_callback(free)
        sentences = await asyncio.shield(future)
        context.sentences += len(sentences)
        context.characters += sum(len(sentence.text) for sentence in sentences)
        return sentences

    async def _acquire(self, ticket: Ticket) -> int:
        """Wait for as many slots as the next step needs; their number."""
        slots = min(SLOTS, MAX_SLOTS, 1 + ticket.left // CHARACTERS_PER_SLOT)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (ticket.rank, next(self._arrivals), slots, turn))
        self._release(0)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given its slots in the same moment
                self._release(slots)
            raise
        return slots

    def _release(self, slots: int) -> None:
        """Give slots back, and on to those who wait, in their order."""
        self._free += slots
        while self._waiting:
            _, _, wanted, turn = self._waiting[0]
            if not turn.done():
                if wanted > self._free:
                    return
                self._free -= wanted
                turn.set_result(None)
            heappop(self._waiting)

    def _rank(self, characters: int) -> float:
        patience = LENGTH_PENALTY * characters / self.throughput.rate
        return monotonic() + min(patience, self.queue_seconds)

    def _update_metrics(self) -> None:
        metrics.WAITING.set(sum(ticket.left for ticket in self._tickets if ticket.is_asking))
        metrics.WAIT.set(self.wait())


async def score_in_steps(
    scheduler: Scheduler,
    ticket: Ticket,
    context: RequestContext,
    begin: Callable[[], Draft],
    first_steps: Sequence[int] = (),
) -> AsyncGenerator[tuple[Draft, Sequence[Sentence]]]:
    """Score a text turn by turn: after each the draft, and the sentences that are new; once at
    least. The last draft is done.
    """
    draft, sizes = None, iter(first_steps)

    def step() -> Sequence[Sentence]:
        nonlocal draft
        draft = draft or begin()
        return draft.step(next(sizes, STEP_SENTENCES))

    while draft is None or not draft.is_done:
        sentences = await scheduler.run_step(ticket, context, step)
        draft = cast(Draft, draft)
        context.documents += draft.is_done
        yield draft, sentences


async def score_whole(
    scheduler: Scheduler, ticket: Ticket, context: RequestContext, begin: Callable[[], Draft]
) -> Draft:
    """Score a text to its end."""
    *_, (draft, _) = [step async for step in score_in_steps(scheduler, ticket, context, begin)]
    return draft
