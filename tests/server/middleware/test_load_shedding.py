"""Load shedding: a request that would wait too long is refused at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Message, Receive, Scope, Send

from sayso.server import scheduler as scheduler_module
from sayso.server.errors import Refusal, as_refusal
from sayso.server.middleware.load_shedding import LoadShedding
from sayso.server.scheduler import REQUEST_COST, Overloaded, Scheduler, Stopping

POST = {"type": "http", "method": "POST"}


async def receive() -> Message:
    raise AssertionError("the body was read")


async def send(message: Message) -> None:
    pass


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    pass


async def fails(scope: Scope, receive: Receive, send: Send) -> None:
    raise KeyError("x")


@contextmanager
def waiting(
    monkeypatch: pytest.MonkeyPatch, seconds: float, ago: float = 11
) -> Iterator[Scheduler]:
    """A scheduler in which some seconds of work have waited for some seconds."""
    clock = [100.0]
    monkeypatch.setattr(scheduler_module, "monotonic", lambda: clock[0])
    scheduler = Scheduler(queue_seconds=10, rate=1_000)
    with scheduler.admit(round(1_000 * seconds) - REQUEST_COST) as ticket:
        ticket.is_asking = True
        clock[0] += ago
        yield scheduler


def refusal(load_shedding: LoadShedding) -> Refusal:
    with pytest.raises((Overloaded, Stopping)) as found:
        asyncio.run(load_shedding(POST, receive, send))
    assert load_shedding.inside == 0
    return as_refusal(found.value)


def test_a_long_queue_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    with waiting(monkeypatch, 30) as scheduler:
        refused = refusal(LoadShedding(answers, scheduler, requests=1))
    assert (refused.status_code, refused.code) == (503, "overloaded")
    assert refused.headers == {"retry-after": "25"}


@pytest.mark.parametrize(("seconds", "ago"), [(9, 11), (30, 9)], ids=["short", "overtaken"])
def test_a_short_wait_is_admitted(
    monkeypatch: pytest.MonkeyPatch, seconds: float, ago: float
) -> None:
    with waiting(monkeypatch, seconds, ago) as scheduler:
        asyncio.run(LoadShedding(answers, scheduler, requests=1)(POST, receive, send))


def test_a_server_that_stops_is_503() -> None:
    scheduler = Scheduler(queue_seconds=10, rate=1_000)
    scheduler.stopping = True
    refused = refusal(LoadShedding(answers, scheduler, requests=1))
    assert (refused.status_code, refused.code) == (503, "stopping")
    assert int((refused.headers or {})["retry-after"]) >= 1


@pytest.mark.parametrize("scope", [{"type": "http", "method": "GET"}, {"type": "lifespan"}])
def test_reading_is_admitted_while_the_server_stops(scope: Scope) -> None:
    called: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope)

    scheduler = Scheduler(queue_seconds=10, rate=1_000)
    scheduler.stopping = True
    asyncio.run(LoadShedding(app, scheduler, requests=1)(scope, receive, send))
    assert called == [scope]


def test_too_many_requests_at_the_same_time_are_503() -> None:
    async def ask() -> None:
        entered, go = asyncio.Event(), asyncio.Event()

        async def waits(scope: Scope, receive: Receive, send: Send) -> None:
            entered.set()
            await go.wait()

        load_shedding = LoadShedding(waits, Scheduler(queue_seconds=10, rate=1_000), requests=1)
        first = asyncio.create_task(load_shedding(POST, receive, send))
        await entered.wait()
        with pytest.raises(Refusal) as found:
            await load_shedding(POST, receive, send)
        assert (found.value.status_code, found.value.code) == (503, "overloaded")
        assert (found.value.limit, found.value.headers) == (1, {"retry-after": "1"})
        assert load_shedding.inside == 1
        go.set()
        await first
        await load_shedding(POST, receive, send)
        assert load_shedding.inside == 0

    asyncio.run(ask())


def test_a_failed_request_frees_its_slot() -> None:
    load_shedding = LoadShedding(fails, Scheduler(queue_seconds=10, rate=1_000), requests=1)
    for _ in range(2):
        with pytest.raises(KeyError):
            asyncio.run(load_shedding(POST, receive, send))
    assert load_shedding.inside == 0
