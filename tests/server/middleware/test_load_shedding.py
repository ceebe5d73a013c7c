"""Who would have to wait too long is refused at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Message, Receive, Scope, Send

from sayso.server import scheduler as turns_module
from sayso.server.errors import Refusal
from sayso.server.middleware.load_shedding import Admission
from sayso.server.scheduler import COST_OF_A_REQUEST, Turns

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
def waiting(monkeypatch: pytest.MonkeyPatch, seconds: float, ago: float = 11) -> Iterator[Turns]:
    """Turns in which as much waits as takes some seconds, since some seconds."""
    clock = [100.0]
    monkeypatch.setattr(turns_module, "monotonic", lambda: clock[0])
    turns = Turns(queue_seconds=10, rate=1_000)
    with turns.enter(round(1_000 * seconds) - COST_OF_A_REQUEST) as place:
        place.is_asking = True
        clock[0] += ago
        yield turns


def refusal(admission: Admission) -> Refusal:
    with pytest.raises(Refusal) as found:
        asyncio.run(admission(POST, receive, send))
    assert admission.inside == 0
    return found.value


def test_too_much_that_waits_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    with waiting(monkeypatch, 30) as turns:
        refused = refusal(Admission(answers, turns, requests=1))
    assert (refused.status_code, refused.code) == (503, "overloaded")
    assert refused.headers == {"retry-after": "25"}


@pytest.mark.parametrize(("seconds", "ago"), [(9, 11), (30, 9)], ids=["short", "let pass"])
def test_who_need_not_wait_so_long_is_let_in(
    monkeypatch: pytest.MonkeyPatch, seconds: float, ago: float
) -> None:
    with waiting(monkeypatch, seconds, ago) as turns:
        asyncio.run(Admission(answers, turns, requests=1)(POST, receive, send))


def test_a_server_that_stops_is_503() -> None:
    turns = Turns(queue_seconds=10, rate=1_000)
    turns.stopping = True
    refused = refusal(Admission(answers, turns, requests=1))
    assert (refused.status_code, refused.code) == (503, "stopping")
    assert int((refused.headers or {})["retry-after"]) >= 1


@pytest.mark.parametrize("scope", [{"type": "http", "method": "GET"}, {"type": "lifespan"}])
def test_what_only_reads_is_let_in_while_the_server_stops(scope: Scope) -> None:
    called: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope)

    turns = Turns(queue_seconds=10, rate=1_000)
    turns.stopping = True
    asyncio.run(Admission(app, turns, requests=1)(scope, receive, send))
    assert called == [scope]


def test_too_many_requests_at_the_same_time_are_503() -> None:
    async def ask() -> None:
        entered, go = asyncio.Event(), asyncio.Event()

        async def waits(scope: Scope, receive: Receive, send: Send) -> None:
            entered.set()
            await go.wait()

        admission = Admission(waits, Turns(queue_seconds=10, rate=1_000), requests=1)
        first = asyncio.create_task(admission(POST, receive, send))
        await entered.wait()
        with pytest.raises(Refusal) as found:
            await admission(POST, receive, send)
        assert (found.value.status_code, found.value.code) == (503, "overloaded")
        assert (found.value.limit, found.value.headers) == (1, {"retry-after": "1"})
        assert admission.inside == 1
        go.set()
        await first
        await admission(POST, receive, send)
        assert admission.inside == 0

    asyncio.run(ask())


def test_one_that_fails_frees_its_place() -> None:
    admission = Admission(fails, Turns(queue_seconds=10, rate=1_000), requests=1)
    for _ in range(2):
        with pytest.raises(KeyError):
            asyncio.run(admission(POST, receive, send))
    assert admission.inside == 0
