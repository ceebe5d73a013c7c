"""Requests as a client library sends them, each compared with the engine's own answer."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from serving.load.expected_answers import Case

DEADLINE = 55.0
"""Seconds; the service itself gives a request up after 50."""
HEADERS = {"content-type": "application/json"}


@dataclass
class Tally:
    """What came of many requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    hangs: int = 0
    wrong: int = 0
    right_at: list[float] = field(default_factory=list)
    """When each right answer was there, on the monotonic clock."""
    seconds: list[float] = field(default_factory=list)
    """How long each right answer took."""

    @property
    def other(self) -> int:
        """Requests that ended with anything but 200, 429, 503 or a hang."""
        return sum(count for what, count in self.statuses.items() if what not in _EXPECTED)

    def others(self) -> str:
        """What those were."""
        found = {what: count for what, count in self.statuses.items() if what not in _EXPECTED}
        return ", ".join(f"{count} x {what}" for what, count in sorted(found.items())) or "none"


_EXPECTED = {"200", "429", "503"}


def new_client(url: str) -> httpx.AsyncClient:
    """A client without limits of its own; `call` keeps the deadline."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=256)
    return httpx.AsyncClient(base_url=url, timeout=None, limits=limits, trust_env=False)


async def call(client: httpx.AsyncClient, case: Case, tally: Tally) -> None:
    """One request, counted."""
    start = time.monotonic()
    try:
        async with asyncio.timeout(DEADLINE):
            answer = await client.post(case.path, content=case.body, headers=HEADERS)
    except TimeoutError:
        tally.hangs += 1
        return
    except httpx.TransportError as error:
        tally.statuses[type(error).__name__] += 1
        return
    tally.statuses[str(answer.status_code)] += 1
    if answer.status_code != 200:
        return
    if answer.content == case.answer:
        tally.right_at.append(time.monotonic())
        tally.seconds.append(tally.right_at[-1] - start)
    else:
        tally.wrong += 1


async def latency(client: httpx.AsyncClient, case: Case, tally: Tally) -> float:
    """Milliseconds of one request."""
    start = time.perf_counter()
    await call(client, case, tally)
    return 1000 * (time.perf_counter() - start)


async def closed_loop(
    client: httpx.AsyncClient, cases: list[Case], senders: int, seconds: float
) -> tuple[float, Tally]:
    """Right answers a second where each of some senders waits for its answer, and all counts."""
    tally, start = Tally(), time.monotonic()
    until = start + seconds

    async def send(first: int) -> None:
        number = first
        while time.monotonic() < until:
            await call(client, cases[number % len(cases)], tally)
            number += senders
            if tally.hangs:
                return

    await asyncio.gather(*(send(first) for first in range(senders)))
    return sum(at <= until for at in tally.right_at) / seconds, tally


async def each_once(
    client: httpx.AsyncClient, cases: list[Case], callers: int
) -> tuple[float, Tally]:
    """As `closed_loop`, but until each case was asked once."""
    tally, start, waiting = Tally(), time.monotonic(), iter(cases)

    async def send() -> None:
        for case in waiting:
            await call(client, case, tally)
            if tally.hangs:
                return

    await asyncio.gather(*(send() for _ in range(callers)))
    return len(tally.right_at) / (time.monotonic() - start), tally
