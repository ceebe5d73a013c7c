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
from sayso.engine.report_builder import ReportBuilder
from sayso.server import metrics
from sayso.server.errors import Refusal
from sayso.server.request_context import Record

Step = Callable[[], Sequence[Sentence]]
"""Scores some sentences and gives them back."""

LANES = 16
"""Steps that are taken side by side: enough that many short texts are read together, few enough
that memory stays small."""
WIDEST = 4
"""Lanes that a long text's step takes up, so that few of them stand before a short text's."""
LANE_CHARACTERS = 4_000
"""Characters of a step for each lane that it takes up."""
STEP = 128
"""Sentences of a step: about half a second of two cores."""
COST_OF_A_REQUEST = 200
"""Characters that all the rest of a request is worth."""
PATIENCE = 3.0
"""A text lets pass whoever comes within this many times the time that it takes itself."""


@dataclass(eq=False, slots=True)
class Place:
    """A request in the queue: the lower its rank, the sooner its turns."""

    rank: float
    left: int
    """Characters that are not yet scored."""
    is_asking: bool = False
    """It waits for a turn or has one. A stream whose reader is slow does not, for a while."""


class Throughput:
    """Characters scored in a busy second, measured while it happens."""

    MEASURED_OVER = 1.0
    WEIGHT = 0.3

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
        if self._busy >= self.MEASURED_OVER:
            self.rate += self.WEIGHT * (self._done / self._busy - self.rate)
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


class Turns:
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
        self._places: set[Place] = set()
        self._free = LANES
        self._line: list[tuple[float, int, int, asyncio.Future[None]]] = []
        """Who waits: rank, number, lanes that are wanted, and what is told them."""
        self._arrivals = count()
        self._threads = ThreadPoolExecutor(LANES, thread_name_prefix="score")

    def wait(self, characters: int = 0) -> float:
        """Seconds until a text of some length that came now would have its first turn."""
        rank = self._rank(characters)
        asking = (place for place in self._places if place.is_asking)
        ahead = sum(place.left for place in asking if place.rank <= rank)
        return ahead / self.throughput.rate

    def require_room(self, characters: int = 0) -> None:
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
    def enter(self, characters: int) -> Iterator[Place]:
        """A place for a request, which may be several texts.

        Raises:
            Refusal: 503, there is too much to do.
        """
        self.require_room(characters)
        place = Place(self._rank(characters), characters + COST_OF_A_REQUEST)
        self._places.add(place)
        try:
            yield place
        finally:
            self._places.discard(place)
            self._show()

    async def take(self, place: Place, record: Record, step: Step) -> Sequence[Sentence]:
        """Take a step when its turn comes. One that nobody waits for any more still ends in its
        thread, and frees its lane only then.
        """
        place.is_asking = True
        self._show()
        with record.watch.measure("queue"):
            lanes = await self._lanes(place)
        self.throughput.begin(monotonic())
        future = asyncio.get_running_loop().run_in_executor(self._threads, step)

        def free(done: asyncio.Future[Sequence[Sentence]]) -> None:
            # Asked for its error too, as nobody may be there any more to be told.
            scored = () if done.cancelled() or done.exception() else done.result()
            characters = sum(len(sentence.text) for sentence in scored)
            self.throughput.end(monotonic(), characters)
            place.left -= characters
            place.is_asking = False
            self._leave(lanes)
            self._show()

        future.add_done_callback(free)
        sentences = await asyncio.shield(future)
        record.sentences += len(sentences)
        record.characters += sum(len(sentence.text) for sentence in sentences)
        return sentences

    async def _lanes(self, place: Place) -> int:
        """Wait for as many lanes as the next step needs; their number."""
        lanes = min(LANES, WIDEST, 1 + place.left // LANE_CHARACTERS)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._line, (place.rank, next(self._arrivals), lanes, turn))
        self._leave(0)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given its lanes in the same moment
                self._leave(lanes)
            raise
        return lanes

    def _leave(self, lanes: int) -> None:
        """Give lanes back, and on to those who wait, in their order."""
        self._free += lanes
        while self._line:
            _, _, wanted, turn = self._line[0]
            if not turn.done():
                if wanted > self._free:
                    return
                self._free -= wanted
                turn.set_result(None)
            heappop(self._line)

    def _rank(self, characters: int) -> float:
        patience = PATIENCE * characters / self.throughput.rate
        return monotonic() + min(patience, self.queue_seconds)

    def _show(self) -> None:
        metrics.WAITING.set(sum(place.left for place in self._places if place.is_asking))
        metrics.WAIT.set(self.wait())


async def score_in_turns(
    turns: Turns,
    place: Place,
    record: Record,
    begin: Callable[[], ReportBuilder],
    first_steps: Sequence[int] = (),
) -> AsyncGenerator[tuple[ReportBuilder, Sequence[Sentence]]]:
    """Score a text turn by turn: after each the builder, and the sentences that are new; once at
    least. The last builder is done.
    """
    builder, sizes = None, iter(first_steps)

    def step() -> Sequence[Sentence]:
        nonlocal builder
        builder = builder or begin()
        return builder.step(next(sizes, STEP))

    while builder is None or not builder.is_done:
        sentences = await turns.take(place, record, step)
        builder = cast(ReportBuilder, builder)
        record.documents += builder.is_done
        yield builder, sentences


async def score_whole(
    turns: Turns, place: Place, record: Record, begin: Callable[[], ReportBuilder]
) -> ReportBuilder:
    """Score a text to its end."""
    *_, (builder, _) = [step async for step in score_in_turns(turns, place, record, begin)]
    return builder
